-- H0502 舆情评价 Public opinion. Source: W01 (w01_web_signals), topic NEWS; by day of publication.
-- H050201 近一个月负面舆情条数 Negative items in 1 month.
-- H050202 近一个月负面舆情占比 Their share of all items in 1 month, 0..1; 0 with fewer than `items_at_least` items,
--         which say nothing.
-- Only items matched to the enterprise with `confidence_at_least` (both in parameters.csv); the same text
-- (content_hash) counts once per enterprise, as negative if any copy was read so. Complaint sites, leads and court
-- notices are other indicators. Unknown (null) while the feed is not fresh.
with items as (
    select
        enterprise_id,
        coalesce(content_hash, signal_no) as text_id,
        published_on,
        polarity
    from {{ ref('stg_w01_web_signals') }}
    where
        topic = 'NEWS'
        and match_confidence >= {{ parameter('H050201', 'confidence_at_least') }}
        and published_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        count(distinct text_id) filter (
            where polarity = '-1' and published_on > {{ window_start('H050201') }}
        ) as negative,
        count(distinct text_id) filter (
            where polarity = '-1' and published_on > {{ window_start('H050202') }}
        ) as negative_of_all,
        count(distinct text_id) filter (where published_on > {{ window_start('H050202') }}) as all_items
    from items
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('w01_web_signals') }} then cast(coalesce(found.negative, 0) as double) end as h050201,
    case
        when not {{ fresh('w01_web_signals') }} then null
        when found.all_items >= {{ parameter('H050202', 'items_at_least') }}
            then found.negative_of_all / cast(found.all_items as double)
        else 0.0
    end as h050202
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
