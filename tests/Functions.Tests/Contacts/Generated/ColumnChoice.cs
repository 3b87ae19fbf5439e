namespace Functions.Tests.Contacts.Generated;

/// <summary>The columns of a generated file, in their order.</summary>
/// <param name="PhoneColumn">The phone column that the caller names; null if the import recognises it by its title.</param>
internal sealed record ColumnChoice(IReadOnlyList<ColumnTitle> Titles, string? PhoneColumn)
{
    public static ColumnChoice Of(SeededChance chance, FileText text)
    {
        var titles = Phones(chance);
        titles.AddRange(OneOrNone(chance, 3, ColumnTitle.FirstNames));
        titles.AddRange(OneOrNone(chance, 3, ColumnTitle.LastNames));
        titles.AddRange(chance.OneIn(5) ? [chance.Of(ColumnTitle.Languages)] : []);
        titles.AddRange(chance.OneIn(4) ? [chance.Of(ColumnTitle.TagLists)] : []);
        titles.AddRange(Enumerable.Range(0, chance.Below(5)).Select(_ => chance.Of(ColumnTitle.Fields)));
        titles = [.. titles.DistinctBy(title => title.Name)];
        titles.AddRange(chance.OneIn(8) ? Enumerable.Repeat(ColumnTitle.None, chance.Between(1, 2)) : []);
        if (!text.IsUnicode)
        {
            // The accents of this title make sure that the file is not valid UTF-8.
            titles.AddRange(
                titles.Exists(title => title.Name == "prefere") ? [] : [new ColumnTitle("préféré", ColumnContent.Field, "prefere")]);
        }

        chance.Shuffle(titles);
        titles = [.. titles.Select(title => text.Fits(title.Text) ? title.Varied(chance, text.Fits) : title with { Text = title.Name })];
        return Named(chance, titles);
    }

    private static List<ColumnTitle> Phones(SeededChance chance)
    {
        var count = chance.Below(10) switch { < 7 => 1, < 9 => 2, _ => 3 };
        var titles = Enumerable.Range(0, count).Select(_ => chance.Of(ColumnTitle.Phones)).DistinctBy(title => title.Name).ToList();
        // A title with unknown words is used as phone column only if there is no better one.
        var hasClear = titles.Exists(title => title.Rank < 3);
        return [.. titles.Select(title => hasClear && title.Rank == 3 ? title with { Holds = ColumnContent.Field } : title)];
    }

    private static IEnumerable<ColumnTitle> OneOrNone(SeededChance chance, int notOneIn, IReadOnlyList<ColumnTitle> titles) =>
        chance.OneIn(notOneIn) ? [] : [chance.Of(titles)];

    /// <summary>Sometimes lets the caller name the phone column: an unrecognised one, or one of several.</summary>
    private static ColumnChoice Named(SeededChance chance, List<ColumnTitle> titles)
    {
        if (!chance.OneIn(10))
        {
            return new ColumnChoice(titles, null);
        }

        var phones = titles.Where(title => title.Holds == ColumnContent.Phone).ToList();
        var chosen = chance.Of(phones);
        var named = chosen.Name == "phone" || chance.OneIn(2) ? new ColumnTitle("Contact", ColumnContent.Phone, "contact") : chosen;
        return new ColumnChoice(
            [.. titles.Select(title => title == chosen ? named : title.Holds == ColumnContent.Phone ? WithoutPhone(title) : title)],
            chance.Of(named.Text.Trim(), named.Text.Trim().ToUpperInvariant(), named.Name));
    }

    private static ColumnTitle WithoutPhone(ColumnTitle title) =>
        title with { Holds = title.IsStored ? ColumnContent.Field : ColumnContent.Nothing };
}
