-- Counted points add up to the score to the cent, for every enterprise of the month.
with summed as (
    select
        enterprise_id,
        score,
        0 {%- for code in known_codes() %} + coalesce(p_{{ code | lower }}, 0){% endfor %} as points
    from {{ ref('enterprise_score') }}
    where month = {{ month() }}
)

select
    'points do not add up to the score' as problem,
    count(*) as enterprises
from summed
where points <> score
having count(*) > 0
