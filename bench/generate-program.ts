/**
 * A program of about `lines` lines that uses every construct, for measuring the compiler: blocks of a cluster, a policy
 * and two actions, each some 40 lines, with names of their own. Always the same for the same number.
 */
export function generateProgram(lines: number): string {
  const blocks = Math.max(1, Math.round((lines - header.split("\n").length) / linesOf(block(0))));
  return `${header}${Array.from({ length: blocks }, (_, index) => block(index)).join("")}`;
}

const header = `plugin fake from "../plugins/fake" {
  allow state
}

profile web = fake.server {
  image: "shop/web:1.27"
  memory: 256MiB
}
`;

function linesOf(text: string): number {
  return text.split("\n").length - 1;
}

function block(n: number): string {
  return `
cluster shop${n} {
  profile: web
  size: 3 in 2..10
  labels: { team: "shop", env: "prod" }
  policies: [careful${n}(least: 60%)]
}

/// Never takes more of production away at once than it can spare.
policy careful${n}(least: Percent = 75%) {
  before resize, scale_in when cluster.labels["env"] == "prod" {
    deny "leaves {request.remaining} of {cluster.size} nodes" when request.remaining < cluster.size * least
    choose cluster.nodes.sort(n => [n.healthy, n.created_at])
    batch 2 pause 30s
  }
}

/// Replaces the image on every node, and puts the old one back where the new one doesn't come up.
action roll${n}(cluster: Cluster<fake.server>, image: String, at_once: Int = 2) -> Int {
  for node in cluster.nodes batch at_once tolerate 1 failure {
    let old = node.profile.image
    node.update(image: image) retry 3 every 2s..1m timeout 5m
      undo node.update(image: old)
    wait until node.healthy every 5s within 5m
  } ensure {
    emit "rolled" { cluster: cluster.name, image: image }
  }
  return cluster.nodes.count(n => n.profile.image == image)
}

action drill${n}(target: String = "web:${n}") {
  let names = shop${n}.nodes.filter(n => n.healthy and n.index > 1).map(n => n.name)
  if names.count() < 2 {
    fail "only {names.count()} of {shop${n}.size} nodes are well"
  }
  try {
    parallel {
      shop${n}.scale_out(1) undo shop${n}.scale_in(1)
      roll${n}(shop${n}, image: target, at_once: 1)
    }
  } recover error {
    emit "drill.failed" { why: error.message, nodes: names }
    wait 5s
  }
}
`;
}
