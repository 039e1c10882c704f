{#- Text as registries write it. translate() and replace() are the same in DuckDB and Spark. -#}

{#- Full-width digits, letters and punctuation to half-width, upper case, without any space. Most texts have nothing of
    the kind, and looking for it costs a fifth of replacing it. -#}
{% macro plain_text(column) -%}
    case
        when {{ regexp_finds(column, "[０-９Ａ-Ｚ（），．－＃　 ]") }}
            then upper(replace(replace(translate(
                {{ column }},
                '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（），．－＃',
                '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ(),.-#'
            ), '　', ''), ' ', ''))
        else upper({{ column }})
    end
{%- endmacro %}

{#- Whether nothing would be left of a text in plain_text, as a boolean SQL expression, never null. -#}
{% macro is_blank(column) -%}
    (coalesce(trim(replace({{ column }}, '　', ' ')), '') = '')
{%- endmacro %}

{#- Whether a regular expression is found anywhere in a text. -#}
{% macro regexp_finds(column, pattern) -%}
    {{ return(adapter.dispatch("regexp_finds")(column, pattern)) }}
{%- endmacro %}

{% macro duckdb__regexp_finds(column, pattern) -%}
    regexp_matches({{ column }}, '{{ pattern }}')
{%- endmacro %}

{#- Amount in 万元 read from the text of a change of registered capital: '500万元', '1,000.00', '1.2亿元',
    '5000000元'. Registries write 万元 when they write no unit. Null where there is no number. -#}
{% macro capital_in_text(column) -%}
    try_cast(regexp_extract(replace({{ plain_text(column) }}, ',', ''), '([0-9]+[.]?[0-9]*)', 1) as double)
    * case
        when {{ column }} like '%亿%' then 10000.0
        when {{ column }} like '%万%' then 1.0
        when {{ column }} like '%元%' then 0.0001
        else 1.0
    end
{%- endmacro %}

{#- Currency named in such a text; yuan where none is named. -#}
{% macro currency_in_text(column) -%}
    case
        when {{ column }} like '%美元%' or {{ column }} like '%USD%' then 'USD'
        when {{ column }} like '%港元%' or {{ column }} like '%港币%' or {{ column }} like '%HKD%' then 'HKD'
        when {{ column }} like '%欧元%' or {{ column }} like '%EUR%' then 'EUR'
        when {{ column }} like '%日元%' or {{ column }} like '%JPY%' then 'JPY'
        when {{ column }} like '%英镑%' or {{ column }} like '%GBP%' then 'GBP'
        else 'CNY'
    end
{%- endmacro %}
