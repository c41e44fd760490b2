/** What the fields of clusters, nodes and requests mean: editors show it, since no program declares them. */
const docs: Readonly<Record<string, string>> = {
  "Cluster.name": "The cluster's name.",
  "Cluster.size": "How many nodes it should have.",
  "Cluster.min": "It never has fewer nodes than this.",
  "Cluster.max": "It never has more nodes than this; none: no bound.",
  "Cluster.status": "`ACTIVE`, `WARNING`, `RESIZING` and the like.",
  "Cluster.labels": "For people and for policies. `labels.team` is none where there is no such label.",
  "Cluster.nodes": "Its nodes, by index.",
  "Cluster.profile": "What its next nodes are made from.",
  "Node.name": "The node's name.",
  "Node.index": "Its number in its cluster, from 1.",
  "Node.status": "`ACTIVE`, `ERROR`, `CREATING` and the like.",
  "Node.physical_id": "The name that the driver gave its resource; none before that exists.",
  "Node.healthy": "What the last check of its driver said.",
  "Node.created_at": "When it was created.",
  "Node.protected": "No scaling takes it away.",
  "Node.standby": "It counts for nothing until it takes a place.",
  "Cluster.standby": "Its nodes that stand by, which are not among its `nodes`.",
  "Node.maintenance": "Somebody works on it by hand: no scaling takes it away, and nobody recovers it.",
  "Cluster.maintenance": "Somebody works on it by hand: it isn't scaled.",
  "Node.cluster": "The cluster that it belongs to.",
  "Node.profile": "What this node is made from now, also where that differs from its cluster's profile.",
  "request.action": "The action that is asked for.",
  "request.size": "How many nodes there are afterwards.",
  "request.count": "How many nodes come or go.",
  "request.touched": "The nodes to which an action on nodes, suspend, resume and operation do something.",
  "request.remaining": "How many of today's nodes stay.",
};

/** One sentence about a field, by `Cluster.size`; `undefined` for others. */
export function fieldDoc(name: string): string | undefined {
  return Object.hasOwn(docs, name) ? docs[name] : undefined;
}
