import { conformance } from "./conformance.ts";

// a command is not repeated by the plugin's doing: whoever writes the command sees to that
await conformance({ name: "shell", plugin: "plugins/shell", given: { calls: 200 }, skips: [] });
