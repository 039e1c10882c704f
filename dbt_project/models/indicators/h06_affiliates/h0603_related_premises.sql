-- noqa: disable=LT02,ST03
-- H0603 关联场所 Related premises: what visits found at others of the same head and at the same address. Source: C01
-- (c01_base), C07 (c07_spot_checks), by way of affiliate_hub: counted at the hub, never paired.
-- H060301 同一负责人名下企业数: other live enterprises headed by the same legal representative.
-- H060302 同一负责人企业严重问题率, H060303 平均一般问题数: share of the visits there with a critical finding, minor findings per
--         visit; shrunk, visits of the window count alike.
-- H060304 同一地址企业严重问题率, H060305 平均一般问题数: the same of others at the same address, such as who was there before.
-- Nobody else, or nobody visited: the prior. Null while a feed is not fresh, or where no catalogue knows the indicator.
-- depends_on: {{ ref("stg_c07_spot_checks") }}
-- depends_on: {{ ref("affiliate_hub") }}
{%- set codes = ["H060301", "H060302", "H060303", "H060304", "H060305"] %}
{%- set measured = codes | select("in", fromjson(env_var("ECR_WINDOWS", "{}"))) | list %}
{%- if measured %}
with visits as (
    {{ visits_since(window_start("H060302")) }}
),

own as (
    select
        enterprise_id,
        sum(critical) as critical,
        count(critical) as critical_visits,
        sum(minor) as minor,
        count(minor) as minor_visits
    from visits
    group by enterprise_id
),

hub as (
    select
        hub.bond,
        hub.hub_id,
        sum(own.critical) as critical,
        sum(own.critical_visits) as critical_visits,
        sum(own.minor) as minor,
        sum(own.minor_visits) as minor_visits
    from {{ ref("affiliate_hub") }} as hub
    inner join own on hub.enterprise_id = own.enterprise_id
    group by hub.bond, hub.hub_id
),

others as (
    select
        member.enterprise_id,
        max(member.members) filter (where member.bond = 'head') as members
        {%- for bond in ["head", "address"] %}
        {%- for name in ["critical", "critical_visits", "minor", "minor_visits"] %},
        sum(coalesce(hub.{{ name }}, 0) - coalesce(own.{{ name }}, 0)) filter (where member.bond = '{{ bond }}')
            as {{ bond }}_{{ name }}
        {%- endfor %}
        {%- endfor %}
    from {{ ref("affiliate_hub") }} as member
    left join hub
        on
            member.bond = hub.bond
            and member.hub_id = hub.hub_id
    left join own on member.enterprise_id = own.enterprise_id
    group by member.enterprise_id
)
{%- endif %}

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise.enterprise_id,
{%- if measured %}
    case when {{ fresh("c01_base") }} then cast(coalesce(others.members - 1, 0) as integer) end as h060301,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "others.head_critical", "others.head_critical_visits",
                        parameter("H060302", "prior"), parameter("H060302", "prior_checks")
                    ) }} as double
                )
    end as h060302,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "others.head_minor", "others.head_minor_visits",
                        parameter("H060303", "prior"), parameter("H060303", "prior_checks")
                    ) }} as double
                )
    end as h060303,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "others.address_critical", "others.address_critical_visits",
                        parameter("H060304", "prior"), parameter("H060304", "prior_checks")
                    ) }} as double
                )
    end as h060304,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "others.address_minor", "others.address_minor_visits",
                        parameter("H060305", "prior"), parameter("H060305", "prior_checks")
                    ) }} as double
                )
    end as h060305
{%- else %}
    cast(null as integer) as h060301
    {%- for code in codes[1:] %},
    cast(null as double) as {{ code | lower }}
    {%- endfor %}
{%- endif %}
from {{ ref("enterprise") }} as enterprise
{%- if measured %}
left join others on enterprise.enterprise_id = others.enterprise_id
{%- endif %}
where enterprise.month = {{ month() }}
