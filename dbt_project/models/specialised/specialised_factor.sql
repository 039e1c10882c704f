-- 专业因素 One row per month, member of a key field and specialised indicator of that field, unknown ones included: value,
-- band and points. Source: specialised_record, by the rules of the version in force (indicators, bands, parts).
-- value      sum, greatest or mean of what the records tell; without a record 0 or unknown, as indicators.csv says.
--            Unknown (null) while one of the feeds is not fresh, or one of the amounts to be added up is unknown
-- points     weight x risk / 100 of the band; where the cap of the part binds, all are reduced in proportion. Rounded
--            on the running sum, so that they add up to the score of specialised_score to the cent
-- A mark (标识) gives no points: it moves the class.
with indicator as (
    select
        rows_.code,
        rows_.field,
        rows_.part,
        rows_.measure,
        rows_.no_record,
        cast(rows_.weight as double) as weight,
        count(freshness.feed) filter (where freshness.fresh)
        = length(rows_.feeds) - length(replace(rows_.feeds, ';', '')) + 1 as fresh
    from {{ specialised_table("indicators") }} as rows_
    left join {{ ref("feed_freshness") }} as freshness on ';' || rows_.feeds || ';' like '%;' || freshness.feed || ';%'
    group by rows_.code, rows_.field, rows_.part, rows_.measure, rows_.no_record, rows_.weight, rows_.feeds
),

-- An open end is one at infinity, so that a value finds its band by comparisons alone.
band as (
    select
        code,
        cast(band as integer) as band,
        coalesce(cast(lower as double), cast('-infinity' as double)) as at_least,
        coalesce(cast(upper as double), cast('infinity' as double)) as below,
        cast(risk as double) as risk
    from {{ specialised_table("bands") }}
),

part_cap as (
    select
        field,
        part,
        cast(cap as double) as cap
    from {{ specialised_table("parts") }}
),

told as (
    select
        enterprise_id,
        indicator_code,
        count(*) - count(amount) as unknown_amounts,
        sum(amount) as summed,
        max(amount) as most,
        avg(amount) as mean
    from {{ ref("specialised_record") }}
    group by enterprise_id, indicator_code
),

valued as (
    select
        member.month,
        member.region_code,
        member.enterprise_id,
        member.field,
        indicator.code as indicator_code,
        indicator.part,
        indicator.weight,
        case
            when not indicator.fresh then null
            when told.enterprise_id is null and indicator.no_record = 'zero' then 0.0
            when told.unknown_amounts > 0 then null
            when indicator.measure = 'sum' then round(told.summed, 6)
            when indicator.measure = 'max' then round(told.most, 6)
            else round(told.mean, 6)
        end as value  -- noqa: RF04
    from {{ ref("specialised_member") }} as member
    inner join indicator on member.field = indicator.field
    left join told
        on
            member.enterprise_id = told.enterprise_id
            and indicator.code = told.indicator_code
),

pointed as (
    select
        valued.*,
        band.band,
        coalesce(valued.weight * band.risk / 100, 0) as raw_points
    from valued
    left join band
        on
            valued.indicator_code = band.code
            and valued.value >= band.at_least
            and valued.value < band.below
),

-- What gives no points moves neither a cap nor a running sum.
capped as (
    select
        pointed.*,
        case
            when sum(pointed.raw_points) over of_part > part_cap.cap
                then part_cap.cap / sum(pointed.raw_points) over of_part
            else 1.0
        end as factor
    from pointed
    left join part_cap
        on
            pointed.field = part_cap.field
            and pointed.part = part_cap.part
    where pointed.raw_points <> 0
    window of_part as (partition by pointed.enterprise_id, pointed.field, pointed.part)
),

running as (
    select
        *,
        cast(round(sum(raw_points * factor) over up_to_here, 2) as decimal(7, 2)) as reached,
        cast(round(sum(raw_points * factor) over before_here, 2) as decimal(7, 2)) as reached_before
    from capped
    window
        up_to_here as (
            partition by enterprise_id, field, part
            order by indicator_code
            rows between unbounded preceding and current row
        ),
        before_here as (
            partition by enterprise_id, field, part
            order by indicator_code
            rows between unbounded preceding and 1 preceding
        )
),

counted as (
    select
        month,
        region_code,
        enterprise_id,
        field,
        indicator_code,
        part,
        value,
        band,
        raw_points,
        reached - coalesce(reached_before, 0) as points
    from running
    union all
    select
        month,
        region_code,
        enterprise_id,
        field,
        indicator_code,
        part,
        value,
        band,
        raw_points,
        0 as points
    from pointed
    where raw_points = 0
)

select
    month,
    region_code,
    enterprise_id,
    field,
    indicator_code,
    part,
    value,
    band,
    cast(points as decimal(7, 2)) as points,
    cast(round(raw_points, 2) - points as decimal(7, 2)) as cap_taken,
    value is not null as known,
    cast('{{ specialised_version() }}' as varchar) as specialised_version
from counted
