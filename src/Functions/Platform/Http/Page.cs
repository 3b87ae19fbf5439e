namespace Relais.Platform.Http;

/// <summary>Makes one page of a list from the rows of a statement that ends with <c>limit @Limit + 1</c>.</summary>
internal static class Page
{
    /// <param name="rows">The rows in the order of the list. The additional row shows that there is a next page.</param>
    /// <param name="limit">The highest number of rows in the page.</param>
    /// <param name="key">Returns the value by which the rows are ordered.</param>
    /// <returns>The rows of the page, and the key of the last one as the cursor of the next page; null: this is the last page.</returns>
    public static (List<TRow> Rows, TKey? Next) From<TRow, TKey>(List<TRow> rows, int limit, Func<TRow, TKey> key)
        where TKey : struct
    {
        if (rows.Count <= limit)
        {
            return (rows, null);
        }

        var shown = rows[..limit];
        return (shown, key(shown[^1]));
    }
}
