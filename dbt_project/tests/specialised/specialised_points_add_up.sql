-- For every member of the month: one factor for each indicator of its field, points that add up to the specialised
-- score to the cent and stay within the caps of the parts, and a band for every known value.
{{ config(meta={"dagster": {"ref": {"name": "specialised_score"}}}) }}
with indicator as (
    select
        field,
        count(*) as indicators,
        {{ checksum("code") }} as codes
    from {{ specialised_table("indicators") }}
    group by field
),

part_cap as (
    select
        field,
        max(cast(cap as double)) filter (where part = 'static') as static_cap,
        max(cast(cap as double)) filter (where part = 'dynamic') as dynamic_cap
    from {{ specialised_table("parts") }}
    group by field
),

member as (
    select * from {{ ref("specialised_member") }}
),

score as (
    select *
    from {{ ref("specialised_score") }}
    where month = {{ month() }}
),

summed as (
    select
        enterprise_id,
        field,
        sum(points) as points,
        count(*) as factors,
        {{ checksum("indicator_code") }} as codes,
        count(*) filter (where value is not null and band is null) as without_band,
        count(*) filter (where points < 0 or (part = 'mark' and points <> 0)) as wrong_points
    from {{ ref("specialised_factor") }}
    where month = {{ month() }}
    group by enterprise_id, field
),

counted as (
    select
        count(*) filter (where summed.points is null or summed.points <> score.score) as do_not_add_up,
        count(*) filter (where summed.factors <> indicator.indicators or summed.codes <> indicator.codes)
            as wrong_factors,
        count(*) filter (where summed.without_band > 0) as without_band,
        count(*) filter (where summed.wrong_points > 0) as wrong_points,
        count(*) filter (
            where score.static_points > part_cap.static_cap or score.dynamic_points > part_cap.dynamic_cap
        ) as over_cap,
        count(*) filter (where member.enterprise_id is null or score.enterprise_id is null) as not_a_member,
        count(*) - count(distinct coalesce(member.enterprise_id, score.enterprise_id) || member.field) as twice
    from member
    full outer join score
        on
            member.enterprise_id = score.enterprise_id
            and member.field = score.field
    left join summed
        on
            score.enterprise_id = summed.enterprise_id
            and score.field = summed.field
    left join indicator on score.field = indicator.field
    left join part_cap on score.field = part_cap.field
)

select *
from counted
where do_not_add_up + wrong_factors + without_band + wrong_points + over_cap + not_a_member + twice > 0
