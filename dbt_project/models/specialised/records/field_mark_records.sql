-- 领域标识记录 Marks that move a class and give no points.
-- S010303, S020301, S030301, S040301 on the serious-dishonesty list of the field at the end of the month: 1
--         each. Source: C05.
-- S010301 certified food safety management, valid at the end of the month: 1 each. Source: C14; kinds by words
--         of the list.
with certificate as (
    select *
    from {{ ref("stg_c14_certificates") }}
    where
        issued_on <= {{ month_end() }}
        and (valid_to is null or valid_to >= {{ month_end() }})
),

-- Kinds are few, certificates are many: the words are looked for in each kind once.
food_safety as (
    select distinct kind.certificate_kind
    from (select distinct certificate_kind from certificate) as kind
    inner join {{ ref("specialised_rule") }} as governed
        on
            governed.code = 'S010301'
            and {{ plain_text("kind.certificate_kind") }} like '%' || governed.entry || '%'
),

certified as (
    select certificate.*
    from certificate
    inner join food_safety on certificate.certificate_kind = food_safety.certificate_kind
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
