"""The crawling process, started by ``crawl.run``; not meant to be called by hand."""

from orchestration.web.crawl.child import main

main()
