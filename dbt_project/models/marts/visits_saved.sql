-- 节省检查 The draw against a random one of the same size: find rates, visits that a random draw needs to find as much,
-- share saved. Of the visits of the window that ends with a month, as known at its end.
{{ config(tags=["published"]) }}
select
    month,
    scope,
    visits,
    found,
    find_rate,
    find_rate_lower,
    find_rate_upper,
    random_rate,
    random_rate_lower,
    random_rate_upper,
    ratio,
    ratio_lower,
    ratio_upper,
    visits_needed,
    visits_needed_lower,
    visits_needed_upper,
    saved_share,
    saved_share_lower,
    saved_share_upper
from {{ source("effect", "inspection_saving") }}
