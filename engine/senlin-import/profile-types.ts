/** How a property of one of Senlin's profile types is carried over. */
export type PropertyRule =
  /** As it is, checked by the plugin's schema; words and texts become the type that Senlin would read. */
  | { readonly as: "text" | "bool" | "any" }
  /** A whole number of minutes becomes a Duration. */
  | { readonly as: "minutes" }
  /** The value stays out of the program: a secret takes its place. */
  | { readonly as: "secret" }
  /** A command line becomes a list for the shell. */
  | { readonly as: "command" }
  | { readonly as: "dropped"; readonly why: string };

/** One of Senlin's profile types, and the plugin that takes its place. */
export interface ProfileTypeRule {
  readonly plugin: string;
  readonly type: string;
  readonly version: string;
  /** Lines in the plugin's block, comments too. */
  readonly grants: readonly string[];
  readonly properties: Readonly<Record<string, PropertyRule>>;
}

const contextDropped: PropertyRule = {
  as: "dropped",
  why: "credentials and regions belong to the plugin's settings (with { … }) or to a property of the profile",
};

/** By Senlin's name. senlin: profiles/os/nova/server.py, profiles/os/heat/stack.py, profiles/container/docker.py */
export const profileTypes: Readonly<Record<string, ProfileTypeRule>> = {
  "os.nova.server": {
    plugin: "nova",
    type: "server",
    version: "1.0",
    grants: ['// allow http "your endpoints": what the plugin may talk to'],
    properties: {
      context: contextDropped,
      admin_pass: { as: "secret" },
      auto_disk_config: { as: "bool" },
      availability_zone: { as: "text" },
      block_device_mapping_v2: { as: "any" },
      config_drive: { as: "bool" },
      flavor: { as: "text" },
      image: { as: "text" },
      key_name: { as: "text" },
      metadata: { as: "any" },
      name: { as: "text" },
      networks: { as: "any" },
      personality: { as: "any" },
      scheduler_hints: { as: "any" },
      security_groups: { as: "any" },
      user_data: { as: "text" },
    },
  },
  "os.heat.stack": {
    plugin: "heat",
    type: "stack",
    version: "1.0",
    grants: ['// allow http "your endpoints": what the plugin may talk to'],
    properties: {
      context: contextDropped,
      template: { as: "any" },
      template_url: { as: "text" },
      parameters: { as: "any" },
      files: { as: "any" },
      timeout: { as: "minutes" },
      disable_rollback: { as: "bool" },
      environment: { as: "any" },
    },
  },
  "container.dockerinc.docker": {
    plugin: "docker",
    type: "container",
    version: "1.0",
    grants: ['allow socket "/var/run/docker.sock"'],
    properties: {
      context: contextDropped,
      image: { as: "text" },
      name: { as: "dropped", why: "a container is named after its node" },
      command: { as: "command" },
      port: {
        as: "dropped",
        why: "the plugin talks to the engine's socket: its path is in the plugin's settings",
      },
      host_node: {
        as: "dropped",
        why: "containers run on the engine whose socket the plugin is given; use one plugin line per engine",
      },
      host_cluster: {
        as: "dropped",
        why: "containers run on the engine whose socket the plugin is given; use one plugin line per engine",
      },
    },
  },
};
