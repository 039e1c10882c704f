-- H0502 舆情评价 Public opinion. Source: W01 (w01_web_signals), topics NEWS and COMPLAINT; by day of publication.
-- H050201 近一个月负面舆情条数 Negative items in 1 month.
-- H050202 近一个月负面舆情占比 Their share of all items in 1 month, 0..1; 0 with fewer than `items_at_least` items,
--         which say nothing.
-- H050203 第三方投诉平台投诉 Complaints on third-party sites in 6 months that were not settled by the last day of the month,
--         as the share of peers (same industry section and size group, wider where they are fewer than
--         `peers_at_least`) with fewer of them; 0 without one. See peer_places. Polarity does not matter.
-- Only items matched to the enterprise with `confidence_at_least` (all numbers in parameters.csv), not those that wait
-- for a person's review or were taken back by the end of the month; the same text (content_hash) counts once per
-- enterprise, as negative if any copy was read so, as not settled while any copy is not.
-- Leads and court notices are other indicators. Unknown (null) while the feed is not fresh.
{% set news_confidence = parameter('H050201', 'confidence_at_least') %}
{% set complaint_confidence = parameter('H050203', 'confidence_at_least') %}
with found as (
    select
        item.enterprise_id,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'NEWS', 'H050201', news_confidence) }} and item.polarity = '-1'
        ) as negative,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'NEWS', 'H050202', news_confidence) }} and item.polarity = '-1'
        ) as negative_of_all,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'NEWS', 'H050202', news_confidence) }}
        ) as all_items,
        count(distinct {{ signal_text('item') }}) filter (
            where {{ is_matched_signal('item', 'COMPLAINT', 'H050203', complaint_confidence) }}
            and (item.resolved_on is null or item.resolved_on > {{ month_end() }})
        ) as complaints
    from {{ ref('stg_w01_web_signals') }} as item
    where
        item.topic in ('NEWS', 'COMPLAINT')
        and item.published_on <= {{ month_end() }}
    group by item.enterprise_id
),

counted as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        enterprise.industry_section,
        enterprise.size_group,
        coalesce(found.negative, 0) as negative,
        coalesce(found.complaints, 0) as complaints,
        case
            when found.all_items >= {{ parameter('H050202', 'items_at_least') }}
                then found.negative_of_all / cast(found.all_items as double)
            else 0.0
        end as negative_share
    from {{ ref('enterprise') }} as enterprise
    left join found on enterprise.enterprise_id = found.enterprise_id
    where enterprise.month = {{ month() }}
),

places as (
    {{ peer_places('counted', 'complaints', parameter('H050203', 'peers_at_least')) }}
)

select
    counted.month,
    counted.enterprise_id,
    case when {{ fresh('w01_web_signals') }} then cast(counted.negative as double) end as h050201,
    case when {{ fresh('w01_web_signals') }} then counted.negative_share end as h050202,
    case when {{ fresh('w01_web_signals') }} then places.place end as h050203
from counted
inner join places on {{ same_peers('counted', 'places', 'complaints') }}
