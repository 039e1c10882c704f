-- Exactly the enterprises of the spine have a score, once each, in the range of scores.
{{ config(meta={"dagster": {"ref": {"name": "enterprise_score"}}}) }}
with spine as (
    select enterprise_id
    from {{ ref('enterprise') }}
    where month = {{ month() }}
),

scored as (
    select
        enterprise_id,
        score,
        region_code
    from {{ ref('enterprise_score') }}
    where month = {{ month() }}
),

matched as (
    select
        spine.enterprise_id as in_spine,
        scored.enterprise_id as in_scored,
        scored.score,
        scored.region_code
    from spine
    full outer join scored on spine.enterprise_id = scored.enterprise_id
),

counted as (
    select
        count(in_scored) - count(distinct in_scored) as twice,
        count(*) filter (where in_scored is null) as missing,
        count(*) filter (where in_spine is null) as strange,
        count(*) filter (where in_scored is not null and (score is null or score < 0 or score > 1000)) as out_of_range,
        count(*) filter (where in_scored is not null and region_code is null) as without_region
    from matched
)

select
    'enterprise_id more than once' as problem,
    twice as enterprises
from counted
where twice > 0
union all
select
    'enterprises of the spine without a score' as problem,
    missing as enterprises
from counted
where missing > 0
union all
select
    'scores of enterprises that are not in the spine' as problem,
    strange as enterprises
from counted
where strange > 0
union all
select
    'scores that are unknown or outside 0 to 1000' as problem,
    out_of_range as enterprises
from counted
where out_of_range > 0
union all
select
    'scores without a region' as problem,
    without_region as enterprises
from counted
where without_region > 0
