"""One form (一张表单): results of all kinds of checks, by a small web page or a file, as deliveries of feed C07."""
