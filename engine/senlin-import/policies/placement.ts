import { heading, type Importer } from "../imported.ts";
import { fieldName, textLiteral } from "../program-text.ts";
import { intField, listField, textField } from "../spec-value.ts";
import { lineOfField } from "./line-of-field.ts";

/** `senlin.policy.zone_placement`: spreads new nodes over zones. senlin: policies/zone_placement.py */
export const importZonePlacement = placement("zones", "availability_zone");

/** `senlin.policy.region_placement`: spreads new nodes over regions. senlin: policies/region_placement.py */
export const importRegionPlacement = placement("regions", "region");

/** Both are one list of names with weights; the property is what a node's profile calls the place. */
function placement(list: "zones" | "regions", property: string): Importer {
  return ({ spec, name, report }) => {
    const { path, properties } = spec;
    const places = listField(properties, list).flatMap((item) => {
      const map = item.kind === "map" ? item : undefined;
      const place = textField(map, "name", "");
      if (intField(map, "cap", -1) >= 0) {
        const message = `"${place}": a place takes its share of the nodes, without an upper bound`;
        report.dropped(path, item.line, `${list}[].cap`, message);
      }
      return place === "" ? [] : [{ place, weight: intField(map, "weight", 100) }];
    });
    if (places.length === 0) {
      report.dropped(
        path,
        lineOfField(properties, list),
        list,
        "there is no name in it, so nothing is placed",
      );
    }
    if (list === "regions") {
      const message = 'new nodes get the profile property "region"; the plugin has to know it';
      report.changed(path, lineOfField(properties, list), list, message);
    }
    if (places.length === 0) return { text: "" };
    const across = places.map(({ place }) => textLiteral(place)).join(", ");
    const weights = places.map(({ place, weight }) => `${fieldName(place)}: ${weight}`).join(", ");
    const even = new Set(places.map(({ weight }) => weight)).size < 2;
    const statement = `place ${property} across [${across}]${even ? "" : ` weights { ${weights} }`}`;
    const hook = `before create, resize, scale_out {\n${statement}\n}`;
    return { text: `${heading(spec)}policy ${name} {\n${hook}\n}`, binding: name };
  };
}
