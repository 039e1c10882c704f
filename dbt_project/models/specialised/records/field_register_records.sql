-- 许可登记记录 What the registers of licences tell. Source: C15 (field_licences).
-- S010101 kind of food business, S020101 product field: grade of the list for each licence, the lapsed included
-- S010102 the field's own risk grade of food; S020102 stage of business, by words of the list
-- S010103, S020103 licences that are valid: 1 each
-- S010201, S020201, S030206 lapsed and not renewed: 1 each, from the day after the last day of validity until
--         the window ends. Renewed: another licence of the same kind was granted no earlier than 12 months
--         before the end.
-- S020202 licences that end within ahead_months: 1 each
with licence as (
    select * from {{ ref("field_licences") }}
),

governed as (
    select * from {{ ref("specialised_rule") }}
)

select
    {{ field_record("governed.code", "licence.feed", "licence", "licence.valid_from", "governed.value") }}
from licence
inner join governed
    on
        licence.kind = governed.entry
        and (
            (licence.field_code = 'S01' and governed.code = 'S010101')
            or (licence.field_code = 'S02' and governed.code = 'S020101')
        )
union all
select
    {{ field_record("governed.code", "licence.feed", "licence", "licence.valid_from", "governed.value") }}
from licence
inner join governed
    on
        (governed.code = 'S010102' and licence.field_code = 'S01' and licence.grade = governed.entry)
        or (
            governed.code = 'S020102'
            and licence.field_code = 'S02'
            and licence.trade_stage like '%' || governed.entry || '%'
        )
union all
select
    {{ field_record(
        "case licence.field_code when 'S01' then 'S010103' else 'S020103' end",
        "licence.feed", "licence", "licence.valid_from", "1"
    ) }}
from licence
where
    licence.field_code in ('S01', 'S02')
    and not licence.ended
union all
select
    {{ field_record(
        "case licence.field_code when 'S01' then 'S010201' when 'S02' then 'S020201' else 'S030206' end",
        "licence.feed", "licence", "licence.valid_to", "1",
        stops_in="case licence.field_code when 'S01' then " ~ leaves_in("licence.valid_to", window_months("S010201"))
            ~ " when 'S02' then " ~ leaves_in("licence.valid_to", window_months("S020201"))
            ~ " else " ~ leaves_in("licence.valid_to", window_months("S030206")) ~ " end"
    ) }}
from licence
where
    licence.ended
    and licence.valid_to > case licence.field_code
        when 'S01' then {{ window_start("S010201") }}
        when 'S02' then {{ window_start("S020201") }}
        else {{ window_start("S030206") }}
    end
    and not exists (
        select 1
        from licence as renewal
        where
            licence.enterprise_id = renewal.enterprise_id
            and licence.field_code = renewal.field_code
            and licence.kind = renewal.kind
            and licence.licence_no <> renewal.licence_no
            and renewal.valid_from > licence.valid_from
            and renewal.valid_from >= {{ months_after("licence.valid_to", -12) }}
    )
union all
select
    {{ field_record("'S020202'", "licence.feed", "licence", "licence.valid_to", "1") }}
from licence
where
    licence.field_code = 'S02'
    and licence.valid_to >= {{ month_end() }}
    and licence.valid_to <= {{ months_after(month_end(), parameter("S020202", "ahead_months")) }}
