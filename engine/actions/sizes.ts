export const adjustmentTypes = ["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"] as const;
export type AdjustmentType = (typeof adjustmentTypes)[number];

/** A cluster's bounds and size as they are. */
export interface CurrentSizes {
  readonly min_size: number;
  readonly max_size: number;
  readonly desired_capacity: number;
}

/** What is wanted; `null`: nothing is said. */
export interface WantedSizes {
  readonly desired: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** A size outside the cluster's bounds is refused now; else only when it is tried, or cut. */
  readonly strict: boolean;
  /** In any cluster: the operator's limit. */
  readonly maximumNodes: number;
}

/** How large a cluster of `current` nodes is to be (senlin: common/scaleutils.py, calculate_desired). */
export function desiredAfter(
  current: number,
  change: { readonly type: AdjustmentType; readonly number: number; readonly minimumStep: number | null },
): number {
  if (change.type === "EXACT_CAPACITY") return change.number;
  if (change.type === "CHANGE_IN_CAPACITY") return current + change.number;
  const delta = (change.number * current) / 100;
  const away = delta > 0 ? Math.ceil(delta) : Math.floor(delta);
  const step = (Math.abs(delta) < 1 ? away : Math.trunc(delta)) + 0;
  const { minimumStep } = change;
  if (minimumStep === null || minimumStep <= Math.abs(step)) return current + step;
  return current + (step > 0 ? minimumStep : -minimumStep);
}

/**
 * What is wrong with sizes that are wanted of a cluster (`null`: of a new one), in Senlin's words and order, or `null`
 * (senlin: common/scaleutils.py, check_size_params). A greatest size below 0 is none.
 */
export function sizeProblem(
  cluster: CurrentSizes | null,
  { desired, minimum, maximum, strict, maximumNodes }: WantedSizes,
): string | null {
  if (desired !== null) {
    const target = `The target capacity (${desired}) is`;
    if (desired > maximumNodes)
      return `${target} greater than the maximum number of nodes allowed per cluster (${maximumNodes}).`;
    if (minimum !== null && desired < minimum)
      return `${target} less than the specified min_size (${minimum}).`;
    if (minimum === null && cluster !== null && desired < cluster.min_size && strict)
      return `${target} less than the cluster's min_size (${cluster.min_size}).`;
    if (maximum !== null && isAbove(desired, maximum))
      return `${target} greater than the specified max_size (${maximum}).`;
    if (maximum === null && cluster !== null && isAbove(desired, cluster.max_size) && strict)
      return `${target} greater than the cluster's max_size (${cluster.max_size}).`;
  }
  if (minimum !== null) {
    const least = `The specified min_size (${minimum}) is greater than the`;
    if (maximum !== null && isAbove(minimum, maximum)) return `${least} specified max_size (${maximum}).`;
    if (maximum === null && cluster !== null && isAbove(minimum, cluster.max_size))
      return `${least} current max_size (${cluster.max_size}) of the cluster.`;
    if (desired === null && cluster !== null && minimum > cluster.desired_capacity && strict)
      return `${least} current desired_capacity (${cluster.desired_capacity}) of the cluster.`;
  }
  if (maximum !== null) {
    const greatest = `The specified max_size (${maximum}) is`;
    if (maximum > maximumNodes)
      return `${greatest} greater than the maximum number of nodes allowed per cluster (${maximumNodes}).`;
    if (minimum === null && cluster !== null && isAbove(cluster.min_size, maximum))
      return `${greatest} less than the current min_size (${cluster.min_size}) of the cluster.`;
    if (desired === null && cluster !== null && isAbove(cluster.desired_capacity, maximum) && strict)
      return `${greatest} less than the current desired_capacity (${cluster.desired_capacity}) of the cluster.`;
  }
  return null;
}

function isAbove(size: number, maximum: number): boolean {
  return maximum >= 0 && size > maximum;
}
