import type { SpecType } from "../spec-type.ts";

/** Spreads the nodes of a cluster over regions. (senlin: policies/region_placement.py) */
export const regionPlacement: SpecType = {
  type: "senlin.policy.region_placement",
  versions: ["1.0"],
  support_status: {
    "1.0": [
      { status: "EXPERIMENTAL", since: "2016.04" },
      { status: "SUPPORTED", since: "2016.10" },
    ],
  },
  properties: {
    regions: {
      type: "List",
      doc: "The regions that nodes may be in",
      of: {
        type: "Record",
        doc: "One region and its share",
        fields: {
          name: { type: "String", doc: "Name of the region" },
          weight: { type: "Int", doc: "Its share in relation to those of the others", default: 100 },
          cap: { type: "Int", doc: "Most nodes that it may take; -1 for any number", default: -1 },
        },
      },
    },
  },
};
