{#- What H0203 and its evidence share about licences (许可证). The relation `licences` has the columns of
    stg_c02_licences. -#}

{#- Whether a licence is valid on the last day of the month, as a boolean SQL expression; its own last day still is. -#}
{% macro is_valid_licence(licence) -%}
    (
        coalesce({{ licence }}.licence_state = '1', false)
        and {{ licence }}.valid_from <= {{ month_end() }}
        and ({{ licence }}.valid_to is null or {{ licence }}.valid_to >= {{ month_end() }})
    )
{%- endmacro %}

{#- Licences the business may not run without that have expired by the last day of the month and were not renewed, with
    `ended_on`; at most one row per licence number. Renewed: the same number, or the same item, was granted again later;
    for another number of the same item the new one must still be valid or begin no earlier than 12 months before the
    old one ended. -#}
{% macro expired_licences(licences) -%}
    select
        expired.enterprise_id,
        expired.licence_no,
        expired.received_month,
        expired.record_id,
        expired.record_key,
        expired.review_since,
        coalesce(expired.valid_to, expired.valid_from) as ended_on
    from {{ licences }} as expired
    where
        expired.required_for_business
        and expired.valid_from <= {{ month_end() }}
        and (
            expired.licence_state = '5'
            or (expired.licence_state = '1' and expired.valid_to < {{ month_end() }})
        )
        and not exists (
            select 1
            from {{ licences }} as renewal
            where
                renewal.enterprise_id = expired.enterprise_id
                and renewal.valid_from > expired.valid_from
                and renewal.valid_from <= {{ month_end() }}
                and (
                    renewal.licence_no = expired.licence_no
                    or (
                        renewal.licence_item = expired.licence_item
                        and (
                            renewal.valid_from
                            >= {{ months_after("coalesce(expired.valid_to, expired.valid_from)", -12) }}
                            or {{ is_valid_licence("renewal") }}
                        )
                    )
                )
        )
{%- endmacro %}

{#- Licences the business may not run without that are valid, end within `soon_days` of H020303 and are not renewed,
    with `standing`: imminent up to `imminent_days`, else soon. Renewed: the same number or item was granted for longer
    by a later licence; one that begins only after the month counts, as soon as it is known. -#}
{% macro expiring_licences(licences) -%}
    select
        expiring.enterprise_id,
        expiring.received_month,
        expiring.record_id,
        expiring.record_key,
        expiring.review_since,
        expiring.valid_to,
        case
            when expiring.valid_to <= {{ days_after(month_end(), parameter("H020303", "imminent_days")) }}
                then 'imminent'
            else 'soon'
        end as standing
    from {{ licences }} as expiring
    where
        expiring.required_for_business
        and {{ is_valid_licence("expiring") }}
        and expiring.valid_to <= {{ days_after(month_end(), parameter("H020303", "soon_days")) }}
        and not exists (
            select 1
            from {{ licences }} as renewal
            where
                renewal.enterprise_id = expiring.enterprise_id
                and renewal.valid_from > expiring.valid_from
                and renewal.licence_state = '1'
                and (renewal.valid_to is null or renewal.valid_to > expiring.valid_to)
                and (renewal.licence_no = expiring.licence_no or renewal.licence_item = expiring.licence_item)
        )
{%- endmacro %}
