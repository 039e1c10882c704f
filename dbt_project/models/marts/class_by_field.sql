-- 分重点领域 Members of key fields by field and combined class, with shares,
-- changes since the month before, tiers of supervision and the visits a year that the classes ask for. An enterprise in
-- two fields counts in both. A view over all months.
{{ config(tags=["published"]) }}
with {{ class_counts(source('risk', 'combined_class'), 'field') }},

supervised as (
    select
        month,
        field,
        class,
        count(*) filter (where tier = 'credit') as tier_credit,
        count(*) filter (where tier = 'responsibility') as tier_responsibility,
        count(*) filter (where tier = 'normal') as tier_normal,
        count(*) filter (where tier = 'tightened') as tier_tightened,
        count(moves) as moved,
        sum(visits_per_year) as visits_per_year
    from {{ source('risk', 'combined_class') }}
    group by month, field, class
)

select
    compared.month,
    compared.field,
    compared.class,
    compared.enterprises,
    compared.enterprises
    / cast(sum(compared.enterprises) over (partition by compared.month, compared.field) as double) as enterprise_share,
    case when compared.has_before then compared.earlier end as enterprises_before,
    case when compared.has_before then compared.enterprises - compared.earlier end as enterprises_change,
    compared.thin_file,
    coalesce(supervised.tier_credit, 0) as tier_credit,
    coalesce(supervised.tier_responsibility, 0) as tier_responsibility,
    coalesce(supervised.tier_normal, 0) as tier_normal,
    coalesce(supervised.tier_tightened, 0) as tier_tightened,
    coalesce(supervised.moved, 0) as moved,
    coalesce(supervised.visits_per_year, 0) as visits_per_year
from compared
left join supervised
    on
        compared.month = supervised.month
        and compared.field = supervised.field
        and compared.class = supervised.class
