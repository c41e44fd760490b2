import path from "node:path";
import { root } from "../../support/run-coppice.ts";

/** What programs of these tests begin with: a plugin with profiles and one with functions, and one of each declaration. */
export const prelude = `plugin fake from "${path.join(root, "plugins/fake")}" {
  allow state
}
plugin shell from "${path.join(root, "plugins/shell")}" {
  allow command "/bin/sh"
}
profile web = fake.server {
  image: "shop/web:1"
}
cluster storefront {
  profile: web
  size: 3 in 2..10
  policies: [careful(least: 60%)]
}
enum Tier { small, large }
record Report {
  changed: Int
  names: List<String>
}
action grade(tier: Tier) -> Int {
  return match tier { small => 1, large => 4 }
}
/// Leaves enough nodes.
policy careful(least: Percent = 75%) {
  before resize {
    deny "too few" when request.remaining < cluster.size * least
  }
}
/// Replaces the image on every node.
action roll(cluster: Cluster<fake.server>, image: String, at_once: Int = 2) -> Report {
  for node in cluster.nodes batch at_once {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
  }
  return Report { changed: cluster.nodes.count(n => n.profile.image == image), names: [] }
}
`;
