-- H0503 网络经营与广告 Online trading and advertising. Source: W01 (w01_web_signals), topic AD; by day of publication.
-- H050301 违法广告监测线索 Illegal advertising leads in 1 year that a person confirmed (核实), matched to the enterprise with
--         `confidence_at_least` of parameters.csv; the same text (content_hash) counts once. Leads not confirmed only
--         warn; they never enter a score. Unknown (null) while the feed is not fresh.
with found as (
    select
        enterprise_id,
        count(distinct coalesce(content_hash, signal_no)) as leads
    from {{ ref('stg_w01_web_signals') }}
    where
        topic = 'AD'
        and confirmed
        and match_confidence >= {{ parameter('H050301', 'confidence_at_least') }}
        and published_on > {{ window_start('H050301') }}
        and published_on <= {{ month_end() }}
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('w01_web_signals') }} then cast(coalesce(found.leads, 0) as double) end as h050301
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
