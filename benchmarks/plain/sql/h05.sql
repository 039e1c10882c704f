-- H05 社会舆论 Public opinion.

-- values h0501: complaints of the hotlines. H050101 in the window, as a place among peers; H050102 growth against the window
-- before, 0 with fewer than `complaints_at_least`.
with counted as (
    select
        enterprise_id,
        count(*) filter (where received_on > {window_H050102}) as recent,
        greatest(count(*) filter (where received_on > {before_H050102} and received_on <= {window_H050102}), 1) as previous
    from complaint
    group by enterprise_id
)
select
    peer_count.enterprise_id,
    case when fresh.c09_complaints then peer_place.place end as h050101,
    case
        when not fresh.c09_complaints then null
        when counted.recent >= {H050102.complaints_at_least}
            then (counted.recent - counted.previous) / cast(counted.previous as double)
        else 0
    end as h050102
from peer_count
cross join fresh
inner join peer_place
    on peer_place.code = 'H050101'
        and peer_count.section = peer_place.section
        and peer_count.size_group = peer_place.size_group
        and peer_count.complaints = peer_place.n
left join counted on peer_count.enterprise_id = counted.enterprise_id

-- values h0502: H050201 negative items, a text counted once; H050202 their share of all, 0 with fewer than `items_at_least`;
-- H050203 complaints on third-party sites not settled, as a place among peers.
with found as (
    select
        enterprise_id,
        count(distinct case when published_on > {window_H050201} and polarity = '-1' then text_hash end) as negative,
        count(distinct case when published_on > {window_H050202} and polarity = '-1' then text_hash end) as negative_of_all,
        count(distinct case when published_on > {window_H050202} then text_hash end) as items
    from signal
    where topic = 'NEWS' and match_confidence >= {H050201.confidence_at_least}
    group by enterprise_id
)
select
    peer_count.enterprise_id,
    case when fresh.w01_web_signals then coalesce(found.negative, 0) end as h050201,
    case
        when not fresh.w01_web_signals then null
        when found.items >= {H050202.items_at_least} then found.negative_of_all / cast(found.items as double)
        else 0
    end as h050202,
    case when fresh.w01_web_signals then peer_place.place end as h050203
from peer_count
cross join fresh
inner join peer_place
    on peer_place.code = 'H050203'
        and peer_count.section = peer_place.section
        and peer_count.size_group = peer_place.size_group
        and peer_count.site_complaints = peer_place.n
left join found on peer_count.enterprise_id = found.enterprise_id

-- values h0503: leads that a person confirmed. H050301 illegal advertising; H050302 online trading.
with found as (
    select
        enterprise_id,
        count(distinct case
            when topic = 'AD' and match_confidence >= {H050301.confidence_at_least} and published_on > {window_H050301}
                then text_hash
        end) as ads,
        count(distinct case
            when topic = 'TRADE' and match_confidence >= {H050302.confidence_at_least} and published_on > {window_H050302}
                then text_hash
        end) as trades
    from signal
    where confirmed
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.w01_web_signals then coalesce(found.ads, 0) end as h050301,
    case when fresh.w01_web_signals then coalesce(found.trades, 0) end as h050302
from enterprise
cross join fresh
left join found on enterprise.enterprise_id = found.enterprise_id
