import { conformance } from "./conformance.ts";

await conformance({ name: "openstack_test", plugin: "plugins/openstack_test", skips: ["function-answers"] });
