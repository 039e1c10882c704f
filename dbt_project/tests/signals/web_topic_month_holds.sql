-- Counts of web signals in the month in force: one row per enterprise and topic, polarities that add up, no empty row.
with problems as (
    select
        count(*) - count(distinct enterprise_id || '|' || topic) as more_than_one_row,
        count(*) filter (where signals <> negative + neutral + positive) as wrong_sum,
        count(*) filter (where signals + unsure + withdrawn < 1) as empty_row,
        count(*) filter (where region_code is null) as no_region
    from {{ ref('web_topic_month') }}
    where month = {{ month() }}
)

select *
from problems
where more_than_one_row + wrong_sum + empty_row + no_region > 0
