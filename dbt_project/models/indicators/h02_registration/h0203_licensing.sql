-- H0203 许可事项 Licensing. Source: C02 (c02_licences).
-- H020301 许可证过期或失效: licences the business may not run without that have expired by the last day of the month and were
--         not renewed. The last day of validity still counts as valid. A licence cancelled, revoked or withdrawn by
--         decision has not expired: revocation is a penalty (H0403).
-- Renewed: the same licence number, or the same item, was granted again later; for another number of the same item the
--         new one must still be valid or begin no earlier than 12 months before the old one ended.
with licences as (
    select
        enterprise_id,
        licence_no,
        licence_item,
        valid_from,
        valid_to,
        licence_state,
        coalesce(required_for_business, false) as required,
        coalesce(valid_to, valid_from) as ended_on
    from {{ ref("stg_c02_licences") }}
    where valid_from <= {{ month_end() }}
),

expired as (
    select *
    from licences
    where
        required
        and (licence_state = '5' or (licence_state = '1' and valid_to < {{ month_end() }}))
),

found as (
    select
        expired.enterprise_id,
        count(distinct expired.licence_no) as licences
    from expired
    where
        not exists (
            select 1
            from licences as renewal
            where
                renewal.enterprise_id = expired.enterprise_id
                and renewal.valid_from > expired.valid_from
                and (
                    renewal.licence_no = expired.licence_no
                    or (
                        renewal.licence_item = expired.licence_item
                        and (
                            renewal.valid_from >= {{ months_after("expired.ended_on", -12) }}
                            or (
                                renewal.licence_state = '1'
                                and (renewal.valid_to is null or renewal.valid_to >= {{ month_end() }})
                            )
                        )
                    )
                )
        )
    group by expired.enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh("c02_licences") }} then cast(coalesce(found.licences, 0) as integer) end as h020301
from {{ ref("enterprise") }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
