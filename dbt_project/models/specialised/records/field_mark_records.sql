-- 领域标识记录 Marks that move a class and give no points.
-- S010303, S020301, S030301, S040301 on the serious-dishonesty list of the field at the end of the month: 1
--         each. Source: C05.
-- S010301 certified food safety management, valid at the end of the month: 1 each. Source: C14; kinds by words
--         of the list.
with certified as (
    select
        certificate.*,
        row_number() over (partition by certificate.certificate_no order by governed.entry) as place
    from {{ ref("stg_c14_certificates") }} as certificate
    inner join {{ ref("specialised_rule") }} as governed
        on
            governed.code = 'S010301'
            and {{ plain_text("certificate.certificate_kind") }} like '%' || governed.entry || '%'
    where
        certificate.issued_on <= {{ month_end() }}
        and (certificate.valid_to is null or certificate.valid_to >= {{ month_end() }})
)

select
    {{ field_record(
        "governed.code", "'c05_serious_lists'", "listing", "listing.listed_on", "1", repaired=true, review=true
    ) }}
from {{ ref("stg_c05_serious_lists") }} as listing
inner join {{ ref("specialised_rule") }} as governed
    on
        listing.list_field = governed.entry
        and governed.code in ('S010303', 'S020301', 'S030301', 'S040301')
where
    listing.listed_on <= {{ month_end() }}
    and (listing.removed_on is null or listing.removed_on > {{ month_end() }})
union all
select
    {{ field_record(
        "'S010301'", "'c14_certificates'", "certified", "certified.issued_on", "1",
        stops_in="left(cast(" ~ months_after("certified.valid_to", 1) ~ " as varchar), 7)"
    ) }}
from certified
where certified.place = 1
