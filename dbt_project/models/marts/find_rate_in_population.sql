-- 总体发现率 Find rates of the enterprises that the visits stand for, by class, key field, region, month, age and size: of
-- the visits of the window that ends with a month, as known at its end. Null where a rate cannot be told, never 0.
{{ config(tags=["published"]) }}
select
    month,
    dimension,
    name,
    visits,
    found,
    find_rate,
    find_rate_lower,
    find_rate_upper,
    known_visits,
    effective_visits,
    enterprises,
    covered,
    population_rate,
    population_rate_lower,
    population_rate_upper,
    lift,
    lift_lower,
    lift_upper,
    not_estimable
from {{ source("effect", "inspection_effect") }}
