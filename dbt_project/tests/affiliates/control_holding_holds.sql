-- One row per enterprise and holder, with the share of control; nobody holds himself.
with holding as (
    select * from {{ ref("control_holding") }}
),

twice as (
    select enterprise_id
    from holding
    group by
        enterprise_id,
        holder_id
    having count(*) > 1
),

problems as (
    select
        (select count(*) from twice) as holder_twice,
        count(*) filter (where share is null or share < {{ parameter("H060101", "control_share") }}) as no_control,
        count(*) filter (where enterprise_id = holder_id) as holds_itself,
        count(*) filter (where holder_kind not in ('person', 'enterprise')) as other_kind
    from holding
)

select *
from problems
where holder_twice + no_control + holds_itself + other_kind > 0
