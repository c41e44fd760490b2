import { defineDriver } from "../sdk/driver.ts";
import {
  addMember,
  createBalancer,
  deleteBalancer,
  findBalancers,
  listMembers,
  removeMember,
} from "./balancers.ts";
import { container } from "./container.ts";
import {
  fail,
  listHypervisors,
  mend,
  regions,
  resources,
  setStatus,
  switchHypervisor,
  vanish,
  zones,
} from "./functions.ts";
import { server } from "./server.ts";
import { previewServer } from "./server-details.ts";
import { createServerGroup, deleteServerGroup, findServerGroups } from "./server-groups.ts";
import { previewStack, stack } from "./stack.ts";
import { validateContainer, validateServer, validateStack } from "./validate.ts";

/** Senlin's three profile types over a cloud of records, under the name that Senlin gives its own. */
export default defineDriver({
  contract: 1,
  profiles: { server, stack, container },
  functions: {
    validate_server: validateServer,
    validate_stack: validateStack,
    validate_container: validateContainer,
    preview_server: previewServer,
    preview_stack: previewStack,
    regions,
    zones,
    hypervisors: listHypervisors,
    set_hypervisor: switchHypervisor,
    server_group_create: createServerGroup,
    server_group_find: findServerGroups,
    server_group_delete: deleteServerGroup,
    balancer_create: createBalancer,
    balancer_find: findBalancers,
    balancer_delete: deleteBalancer,
    member_add: addMember,
    member_remove: removeMember,
    members: listMembers,
    resources,
    set_status: setStatus,
    vanish,
    fail,
    mend,
  },
});
