{#- What the indicators on the graph of affiliates share. -#}

{#- Whether a listing (rows with listed_on, removed_on) was made in the indicator's window or still stands on the last day. -#}
{% macro is_standing_or_recent(listing, indicator) -%}
    (
        {{ listing }}.listed_on <= {{ month_end() }}
        and (
            {{ listing }}.listed_on > {{ window_start(indicator) }}
            or {{ is_in_force(listing) }}
        )
    )
{%- endmacro %}

{#- Bonds of control between enterprises, either way, as a query with enterprise_id and affiliate_id. `union` without `all`:
    two that hold each other are one bond. -#}
{% macro control_bonds() -%}
    select
        enterprise_id,
        holder_id as affiliate_id
    from {{ ref("control_holding") }}
    where holder_kind = 'enterprise'
    union
    select
        holder_id as enterprise_id,
        enterprise_id as affiliate_id
    from {{ ref("control_holding") }}
    where holder_kind = 'enterprise'
{%- endmacro %}

{#- Records by which a legal representative is restricted (H060201), as a query with enterprise_id, person_id and what evidence
    shows of a record. Where the record names no head, the one of the registration record is taken. -#}
{% macro restricting_records() -%}
    select
        incident.*,
        coalesce(incident.legal_rep_id, base.legal_rep_id) as person_id
    from (
        select
            enterprise_id,
            legal_rep_id,
            'c01_revocations' as feed,
            revoked_on as event_on,
            record_id,
            record_key,
            received_month,
            cast(null as date) as review_since
        from {{ ref("stg_c01_revocations") }}
        where
            revoked_on > {{ window_start("H060201") }}
            and revoked_on <= {{ month_end() }}
        union all
        select
            listing.enterprise_id,
            listing.legal_rep_id,
            'c05_serious_lists' as feed,
            listing.listed_on as event_on,
            listing.record_id,
            listing.record_key,
            listing.received_month,
            listing.review_since
        from {{ ref("stg_c05_serious_lists") }} as listing
        where
            listing.listed_on > {{ window_start("H060201") }}
            and listing.listed_on <= {{ month_end() }}
            and not {{ is_list_of_other_department("listing") }}
            and listing.repaired_on is null
    ) as incident
    left join {{ ref("stg_c01_base") }} as base on incident.enterprise_id = base.enterprise_id
{%- endmacro %}

{#- Key persons of each enterprise (H060202), as a query with enterprise_id and person_id, each once: the legal representative,
    directors in office, natural persons holding `key_holder_share` or more. There are three of them to an enterprise, and to
    compare them all would cost more than the rest of what asks for them; so only some are given:
    among    relation with person_id: these persons
    of       relation with enterprise_id: and all of these enterprises -#}
{% macro key_persons(among, of=none) -%}
    select
        enterprise_id,
        legal_rep_id as person_id
    from {{ ref("enterprise") }}
    where
        month = {{ month() }}
        and legal_rep_id is not null
        and {{ _is_meant("legal_rep_id", among, of) }}
    union
    select
        enterprise_id,
        person_id
    from {{ ref("stg_c01_persons") }}
    where
        position in ('01', '02')
        and appointed_on <= {{ month_end() }}
        and (left_on is null or left_on > {{ month_end() }})
        and {{ _is_meant("person_id", among, of) }}
    union
    select
        holder.enterprise_id,
        holder.holder_id as person_id
    from {{ ref("stg_c01_shareholders") }} as holder
    where
        holder.holder_kind = '1'
        and holder.share >= {{ parameter("H060202", "key_holder_share") }}
        and {{ is_held("holder") }}
        and {{ _is_meant("holder_id", among, of) }}
{%- endmacro %}

{#- The condition on the chosen says nothing new; DuckDB carries a choice to the files only where it sees a condition. -#}
{% macro _is_meant(person, among, of) -%}
    (
        {{ person }} in (select meant.person_id from {{ among }} as meant where meant.person_id is not null)
        {%- if of %}
        or enterprise_id in (select meant.enterprise_id from {{ of }} as meant)
        {%- endif %}
    )
{%- endmacro %}

{#- Whether a row of stg_c10_defaulters says that a subject of this kind (1 enterprise, 2 natural person) is on the list on the
    last day of the month. -#}
{% macro is_on_defaulter_list(defaulter, subject_kind) -%}
    (
        {{ defaulter }}.subject_kind = '{{ subject_kind }}'
        and {{ defaulter }}.published_on <= {{ month_end() }}
        and ({{ defaulter }}.removed_on is null or {{ defaulter }}.removed_on > {{ month_end() }})
    )
{%- endmacro %}
