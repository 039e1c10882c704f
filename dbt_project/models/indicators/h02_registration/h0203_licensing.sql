-- H0203 许可事项 Licensing. Source: C02 (c02_licences), C01 (c01_base).
-- H020301 许可证过期或失效: licences the business may not run without that have expired by the last day of the month and were
--         not renewed. The last day of validity still counts as valid. A licence cancelled, revoked or withdrawn by
--         decision has not expired: revocation is a penalty (H0403). What counts as renewed: macro expired_licences.
-- H020302 许可证数量: licences valid on the last day of the month, each number once, required for the business or not.
-- H020303 许可证临期未延续: the nearest end of a valid licence the business may not run without, where no later licence of
--         the same number or item runs longer: imminent, at most `imminent_days` after the month | soon, at most
--         `soon_days` | none.
-- H020304 营业执照过期或失效: 1 where the business term on record ended before the last day of the month, else 0. No term (also
--         written 9999-09-09, which the door reads as none) never ends.
-- The numbers named in `...` stand in the catalogue's parameters.csv. Unknown while the feed concerned is not fresh.
with licences as (
    select *
    from {{ ref("stg_c02_licences") }}
),

expired as (
    select
        enterprise_id,
        count(distinct licence_no) as licences
    from ({{ expired_licences("licences") }}) as not_renewed
    group by enterprise_id
),

expiring as (
    select
        enterprise_id,
        bool_or(standing = 'imminent') as imminent
    from ({{ expiring_licences("licences") }}) as not_renewed
    group by enterprise_id
),

term_over as (
    select enterprise_id
    from {{ ref("stg_c01_base") }}
    where term_to < {{ month_end() }}
),

held as (
    select
        licences.enterprise_id,
        count(distinct licences.licence_no) as licences
    from licences
    where {{ is_valid_licence("licences") }}
    group by licences.enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh("c02_licences") }} then cast(coalesce(expired.licences, 0) as integer) end as h020301,
    case when {{ fresh("c02_licences") }} then cast(coalesce(held.licences, 0) as integer) end as h020302,
    case
        when not {{ fresh("c02_licences") }} then null
        when expiring.imminent then 'imminent'
        when expiring.enterprise_id is not null then 'soon'
        else 'none'
    end as h020303,
    case
        when {{ fresh("c01_base") }}
            then cast(term_over.enterprise_id is not null as integer)
    end as h020304
from {{ ref("enterprise") }} as enterprise
left join term_over on enterprise.enterprise_id = term_over.enterprise_id
left join expired on enterprise.enterprise_id = expired.enterprise_id
left join expiring on enterprise.enterprise_id = expiring.enterprise_id
left join held on enterprise.enterprise_id = held.enterprise_id
where enterprise.month = {{ month() }}
