import type { SpecType } from "../spec-type.ts";

/** Spreads the nodes of a cluster over availability zones. (senlin: policies/zone_placement.py) */
export const zonePlacement: SpecType = {
  type: "senlin.policy.zone_placement",
  versions: ["1.0"],
  support_status: {
    "1.0": [
      { status: "EXPERIMENTAL", since: "2016.04" },
      { status: "SUPPORTED", since: "2016.10" },
    ],
  },
  properties: {
    zones: {
      type: "List",
      doc: "The availability zones that nodes may be in",
      of: {
        type: "Record",
        doc: "One zone and its share",
        fields: {
          name: { type: "String", doc: "Name of the zone" },
          weight: { type: "Int", doc: "Its share in relation to those of the others", default: 100 },
        },
      },
    },
  },
};
