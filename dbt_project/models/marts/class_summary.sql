-- 分等级 Each class of each month: how many, what share, who came from where since the month before, which rules set it.
-- A view over all months.
{{ config(tags=["published"]) }}
with {{ class_counts(source('risk', 'risk_class')) }},

arrived as (
    select
        this_month.month,
        this_month.class,
        count(*) filter (where last_month.class < this_month.class) as from_safer,
        count(*) filter (where last_month.class > this_month.class) as from_riskier,
        count(*) filter (where last_month.class is null) as newly_classed
    from {{ source('risk', 'risk_class') }} as this_month
    left join {{ source('risk', 'risk_class') }} as last_month
        on
            last_month.month = {{ month_before("this_month.month") }}
            and this_month.enterprise_id = last_month.enterprise_id
    group by this_month.month, this_month.class
),

ruled as (
    select
        month,
        class,
        count(direct_rule) as by_direct_rule,
        count(floor_rule) as with_floor,
        min(score) as lowest_score,
        avg(score) as mean_score,
        max(score) as highest_score
    from {{ source('risk', 'risk_class') }}
    group by month, class
)

select
    compared.month,
    compared.class,
    compared.enterprises,
    compared.enterprises
    / cast(sum(compared.enterprises) over (partition by compared.month) as double) as enterprise_share,
    case when compared.has_before then compared.earlier end as enterprises_before,
    case when compared.has_before then compared.enterprises - compared.earlier end as enterprises_change,
    case when compared.has_before then coalesce(arrived.from_safer, 0) end as from_safer,
    case when compared.has_before then coalesce(arrived.from_riskier, 0) end as from_riskier,
    case when compared.has_before then coalesce(arrived.newly_classed, 0) end as newly_classed,
    compared.thin_file,
    coalesce(ruled.by_direct_rule, 0) as by_direct_rule,
    coalesce(ruled.with_floor, 0) as with_floor,
    ruled.lowest_score,
    ruled.mean_score,
    ruled.highest_score
from compared
left join arrived
    on
        compared.month = arrived.month
        and compared.class = arrived.class
left join ruled
    on
        compared.month = ruled.month
        and compared.class = ruled.class
