using Relais.Contacts.Import;

namespace Functions.Tests.Contacts.Generated;

/// <summary>Reads a file without a database, and compares the rows with the expected result.</summary>
internal static class ReadCheck
{
    public static void Run(GeneratedFile file)
    {
        ContactFile read;
        try
        {
            read = ReadFile.Of(file.Bytes, file.Country, file.PhoneColumn, file.Text.Charset, file.Tag);
        }
        catch (FileFault fault)
        {
            Assert.True(
                file.IsDamaged || new ExpectedRefusal(fault.Line, fault.Code) == file.Refusal,
                $"Refused at line {fault.Line}: {fault.Code}");
            AssertText(fault.Code, fault.Arguments, file.Locale);
            return;
        }

        Assert.Null(file.Refusal);
        var lines = read.Rows.Select(row => row.Line).ToList();
        Assert.True(lines.SequenceEqual(lines.Distinct().Order()), "The lines of the rows are not in ascending order.");
        Assert.All(
            read.Rows,
            row => Assert.True(row.Phone is not null || row.Faults.Count > 0, $"Line {row.Line} is rejected without a reason."));
        var drafts = read.Drafts().ToList();
        Assert.Equal(read.Rows.Count(row => row.Phone is not null), drafts.Count);
        if (file.Rows is not null)
        {
            Assert.Equal(
                file.Rows.Select(row => $"{row.Line} {row.Phone ?? "-"} {string.Join(", ", row.Faults)}"),
                read.Rows.Select(row => $"{row.Line} {row.Phone ?? "-"} {string.Join(", ", row.Faults.Order(StringComparer.Ordinal))}"));
            Assert.Equal(
                file.Rows.Where(row => row.Phone is not null)
                    .Select(row => ExpectedContacts.Describe(row.Phone, row.FirstName, row.LastName, row.Language, row.Fields, row.Tags)),
                drafts.Select(draft => draft.Draft)
                    .Select(
                        draft => ExpectedContacts.Describe(
                            draft.Phone, draft.FirstName, draft.LastName, draft.Language, draft.Fields, draft.Tags)));
        }
    }

    /// <summary>Asserts that the fault has a text and that all of its placeholders are filled.</summary>
    public static void AssertText(string code, IReadOnlyList<string> arguments, string locale)
    {
        var text = FaultTexts.GetTexts(code, arguments, locale);
        Assert.True(text != code && text.EndsWith('.') && !text.Contains("{0}", StringComparison.Ordinal), $"{code}: {text}");
    }
}
