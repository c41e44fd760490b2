/** SQL of the maintenance that `fields` (`{"maintenance": {"on": true, "until": null}}`) leaves of what there is. */
export function maintenanceFrom(fields: string, now: string): string {
  return `case
        when not ${fields} ? 'maintenance' then ${now}
        when (${fields} #>> '{maintenance,on}')::boolean
          then jsonb_build_object('until', ${fields} #> '{maintenance,until}')
      end`;
}

/** SQL: whether this maintenance goes on now. */
export function isMaintained(maintenance: string): string {
  const until = `(${maintenance} ->> 'until')::float8`;
  return `(${maintenance} is not null and coalesce(${until} > extract(epoch from now()) * 1000, true))`;
}
