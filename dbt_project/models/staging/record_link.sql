-- Enterprises found by name for rows without a code (无代码记录的企业匹配), as known at the end of the month in force: of several
-- decisions about a row the latest received counts, and only where it accepts an enterprise.
-- A table, because several staging models read it.
{{ config(materialized="plain_table") }}
with decided as (
    select
        feed,
        record_id,
        enterprise_id,
        confidence as link_confidence,
        band,
        row_number() over (partition by feed, record_id order by month desc) as recency
    from {{ source("resolution", "links") }}
    where month <= {{ month() }}
)

select
    feed,
    record_id,
    enterprise_id,
    link_confidence
from decided
where recency = 1 and band = 'accept' and enterprise_id is not null
