{#- Text as registries write it. translate() and replace() are the same in DuckDB and Spark. -#}

{#- Full-width digits, letters and punctuation to half-width, upper case, without any space. -#}
{% macro plain_text(column) -%}
    upper(replace(replace(translate(
        {{ column }},
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（），．－＃',
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ(),.-#'
    ), '　', ''), ' ', ''))
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
