-- One row per enterprise and holder, with the share of control; nobody holds himself; the row it rests on is named.
with problems as (
    select
        count(*) - count(distinct enterprise_id || '|' || holder_id) as holder_twice,
        count(*) filter (where share is null or share < {{ parameter("H060101", "control_share") }}) as no_control,
        count(*) filter (where enterprise_id = holder_id) as holds_itself,
        count(*) filter (where holder_kind not in ('person', 'enterprise')) as other_kind,
        count(*) filter (where record_id is null) as no_record
    from {{ ref("control_holding") }}
    where month = {{ month() }}
)

select *
from problems
where holder_twice + no_control + holds_itself + other_kind + no_record > 0
