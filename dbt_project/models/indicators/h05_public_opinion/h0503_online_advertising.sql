-- H0503 网络经营与广告 Online trading and advertising. Source: W01 (w01_web_signals), topics AD and TRADE; by day of
-- publication. Only leads that a person confirmed (核实), matched to the enterprise with `confidence_at_least` of
-- parameters.csv, not waiting for a review of the match and not taken back; the same text (content_hash) counts once.
-- Leads not confirmed only warn; they never enter a score.
-- H050301 违法广告监测线索 Illegal advertising leads (AD) in 1 year.
-- H050302 网络交易违规线索 Online trading violation leads (TRADE) in 1 year.
-- Unknown (null) while the feed is not fresh.
{% set ad_confidence = parameter('H050301', 'confidence_at_least') %}
{% set trade_confidence = parameter('H050302', 'confidence_at_least') %}
with found as (
    select
        item.enterprise_id,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'AD', 'H050301', ad_confidence) }}
        ) as ad_leads,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'TRADE', 'H050302', trade_confidence) }}
        ) as trade_leads
    from {{ ref('stg_w01_web_signals') }} as item
    where
        item.topic in ('AD', 'TRADE')
        and item.confirmed
        and item.published_on <= {{ month_end() }}
    group by item.enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('w01_web_signals') }} then cast(coalesce(found.ad_leads, 0) as double) end as h050301,
    case when {{ fresh('w01_web_signals') }} then cast(coalesce(found.trade_leads, 0) as double) end as h050302
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
