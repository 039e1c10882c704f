-- 风险说明 The whole explanation of a class as rows: per month and enterprise one row for each indicator in force and each
-- record behind it; an indicator without records, because it gives no points, has one row with an empty feed.
-- Points stand in every row of their indicator: to add them up, take each indicator once, or use risk_factor.
-- The records themselves are in the raw rows of their feed, by record_id; `make explain` prints them.
-- A view over all months; filter by month and enterprise_id, and only their files are read.
{{ config(tags=["published"]) }}
select
    factor.month,
    factor.region_code,
    factor.enterprise_id,
    classed.class,
    classed.computed_class,
    classed.score,
    factor.indicator_code,
    band.name_zh,
    band.name_en,
    factor.value,
    factor.band,
    case when factor.band is not null then band.label_zh end as label_zh,
    case when factor.band is not null then band.label_en end as label_en,
    factor.points,
    factor.cap_taken,
    factor.known,
    evidence.feed,
    evidence.record_id,
    evidence.record_key,
    evidence.event_on,
    evidence.received_month,
    evidence.stops_in,
    evidence.about_id,
    evidence.counts_for,
    evidence.repaired_on,
    evidence.review_since,
    factor.catalogue_version
from {{ ref('risk_factor') }} as factor
inner join {{ source('risk', 'risk_class') }} as classed
    on
        factor.month = classed.month
        and factor.enterprise_id = classed.enterprise_id
-- an unknown value lies in no band; the names are the same in all of them
left join {{ ref('indicator_band') }} as band
    on
        factor.catalogue_version = band.catalogue_version
        and factor.indicator_code = band.indicator_code
        and coalesce(factor.band, 1) = band.band
left join {{ ref('risk_evidence') }} as evidence
    on
        factor.month = evidence.month
        and factor.enterprise_id = evidence.enterprise_id
        and factor.indicator_code = evidence.indicator_code
