/** How workflow types of schedules begin: `schedule every_fri_18_00`. No action has a space in its name. */
export const scheduleTypePrefix = "schedule ";
