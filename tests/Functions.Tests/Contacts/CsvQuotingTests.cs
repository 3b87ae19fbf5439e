using Relais.Contacts.Import;

namespace Functions.Tests.Contacts;

public sealed class CsvQuotingTests
{
    [Fact]
    public void FieldTrial_F08_An_unclosed_quote_refuses_the_file_with_its_line() =>
        Assert.Equal(
            (3, "file_quote_unclosed"),
            ReadFile.FaultOf("phone;nom\n620000001;Awa\n620000002;\"Binta\n620000003;Fanta\n620000004;Kadi\n"));

    [Theory]
    [InlineData("phone;nom\n620000001;A\n\"620000002;B\n620000003;C\n", 3, "file_quote_unclosed")]
    [InlineData("phone;nom\n620000001;A\n620000002;\"", 3, "file_quote_unclosed")]
    [InlineData("phone;nom\n620000001;A\n\"", 3, "file_quote_unclosed")]
    [InlineData("phone;nom\r\n620000001;A\r\n620000002;\"B\r\n620000003;C\r\n", 3, "file_quote_unclosed")]
    [InlineData("phone;nom\r620000001;A\r620000002;\"B\r620000003;C\r", 3, "file_quote_unclosed")]
    [InlineData("phone;nom\r\n620000001;A\n620000002;\"B\r620000003;C\n", 3, "file_quote_unclosed")]
    [InlineData("\n\nphone;nom\n\n620000001;\"A\n620000002;B\n", 5, "file_quote_unclosed")]
    [InlineData("phone;nom;note\n620000001;A;\"un\ndeux\"\n620000002;\"B\n620000003;C;\n", 4, "file_quote_unclosed")]
    [InlineData("phone;note;nom\n620000001;\"un\ndeux\";\"B\n620000003;C;\n", 3, "file_quote_unclosed")]
    [InlineData("\"phone;nom\n620000001;A\n", 1, "file_quote_unclosed")]
    [InlineData("phone;nom\n620000001;\"A\"\"\n620000002;B\n", 2, "file_quote_unclosed")]
    [InlineData("phone;nom\n620000001;\"\"\"\n620000002;B\n", 2, "file_quote_unclosed")]
    [InlineData("phone;nom\n620000001;\"Awa\" Diallo\n", 2, "file_text_after_quote")]
    [InlineData("phone;nom\n620000001;\"Awa \"la grande\" Diallo\"\n", 2, "file_text_after_quote")]
    [InlineData("phone;nom\n620000001;\"Awa \\\"la grande\\\" Diallo\"\n", 2, "file_text_after_quote")]
    [InlineData("phone;nom;ville\n620000001;\"Awa;Kindia\n620000002;Ba\";Labé\n620000003;\"Ca\"d;x\n", 4, "file_text_after_quote")]
    [InlineData("phone;nom\n620000001;\"Awa\n620000002;\"Binta\"\n620000003;C\n", 2, "file_text_after_quote")]
    [InlineData("phone;nom\n620000001; \"Awa\" x\n", 2, "file_text_after_quote")]
    public void FieldTrial_F08_A_misplaced_quote_refuses_the_file_with_its_line(string text, int line, string code) =>
        Assert.Equal((line, code), ReadFile.FaultOf(text));

    [Theory]
    [InlineData(150, 3)]
    [InlineData(5_000, 3)]
    public void FieldTrial_F08_A_quoted_value_over_many_rows_refuses_the_file(int rows, int line)
    {
        var text = "phone;note\n620999999;a\n620999998;\"b\n" + string.Concat(
            Enumerable.Range(1, rows).Select(i => $"62{i:D7};c\n")) + "620999997;d\"\n620999996;e\n";

        Assert.Equal((line, "file_quote_too_long"), ReadFile.FaultOf(text));
    }

    [Fact]
    public void FieldTrial_F08_A_long_quoted_value_reports_its_open_quote()
    {
        var rows = string.Concat(Enumerable.Range(1, 2_000).Select(i => $"62{i:D7};c "));

        Assert.Equal((3, "file_quote_unclosed"), ReadFile.FaultOf($"phone;note\n620999999;a\n620999998;\"{rows}\n620000001;b\n"));
        Assert.Equal(
            (3, "file_value_too_long"),
            ReadFile.FaultOf($"phone;note\n620999999;a\n620999998;{rows.Replace(';', ' ')}\n620000001;b\n"));
    }

    [Theory]
    [InlineData("phone;nom;note\n620000001;A;\"x\n620000002;B;y\"\n620000003;C;z\n", "2 - rows_in_value:note|4 +224620000003")]
    [InlineData("phone;note;nom\n620000001;\"x;A\n620000002;y\";B\n620000003;z;C\n", "2 - rows_in_value:note|4 +224620000003")]
    [InlineData("phone;ville;\n620000001;Labé;\"x\n620000002;Kindia;y\"\n620000003;Boké;z\n", "2 - rows_in_value:3|4 +224620000003")]
    [InlineData("nom;ville;phone\n\"A;Labé;620000001\nB\";Kindia;620000002\n", "2 - line_break:last_name")]
    [InlineData("phone;note;ville\n620000001;\"x\nfaux;B;y\";Labé\n", "2 - rows_in_value:note")]
    public void FieldTrial_F08_A_value_that_contains_other_rows_refuses_its_row(string text, string rows) =>
        Assert.Equal(rows, string.Join('|', ReadFile.RowsOf(text)));

    [Theory]
    [InlineData("phone;prénom\n620000001;\"Awa\nDiallo\"\n620000002;B\n", "2 - line_break:first_name|4 +224620000002")]
    [InlineData("phone;nom\n620000001;\"Awa\r\nDiallo\"\n", "2 - line_break:last_name")]
    [InlineData("phone;nom\n\"620000001\n620000002\";A\n620000003;B\n", "2 - line_break:phone|4 +224620000003")]
    [InlineData("phone;mobile;nom\n620000001;\"620000002\n620000003\";A\n", "2 - line_break:mobile")]
    [InlineData("phone;nom\n\"620000001\n\";\"A\n\"\n", "2 +224620000001")]
    public void FieldTrial_F08_Line_breaks_in_names_and_numbers_refuse_the_row(string text, string rows) =>
        Assert.Equal(rows, string.Join('|', ReadFile.RowsOf(text)));

    [Theory]
    [InlineData("phone;note\n620000001;\"un\ndeux\n\ntrois\"\n620000002;b\n", "2 +224620000001|6 +224620000002")]
    [InlineData("phone;note\n620000001;\"un; deux\r\ntrois\"\r\n620000002;b\r\n", "2 +224620000001|4 +224620000002")]
    [InlineData("phone;note\n620000001;\"dit \"\"x\"\"; fin\"\n620000002;\"\"\n", "2 +224620000001|3 +224620000002")]
    [InlineData("phone;note\n620000001;tube 5\" et 6\"\n620000002;5\"\n", "2 +224620000001|3 +224620000002")]
    [InlineData("phone;note\n620000001;Awa \"la grande\" Diallo\n", "2 +224620000001")]
    [InlineData("phone;note\n 620000001 ; \"un; deux\" \n620000002;b\n", "2 +224620000001|3 +224620000002")]
    [InlineData(
        "phone;note\n620000001;a\r620000002;b\r\n\n\r620000003;c\n620000004;d",
        "2 +224620000001|3 +224620000002|6 +224620000003|7 +224620000004")]
    [InlineData("phone;nom\n'620000001';'Awa'\n“620000002”;«Binta»\n", "2 +224620000001|3 +224620000002")]
    [InlineData(
        "phone;nom\n620000001\n620000002;B;\n620000003;C;;;\n620000004;D;;x\n",
        "2 +224620000001|3 +224620000002|4 +224620000003|5 - too_many_values")]
    [InlineData("phone;nom\n620000001;'Diallo; Awa'\n", "2 - too_many_values")]
    [InlineData("\"phone\";\"nom\"\n=\"620000001\";=\"007\"\n\"=\"\"620000002\"\"\";b\n", "2 +224620000001|3 +224620000002")]
    [InlineData("\"numéro\nde téléphone\";nom\n620000001;A\n", "3 +224620000001")]
    [InlineData("sep=;\nphone;nom\n620000001;\"A\"\n", "3 +224620000001")]
    public void FieldTrial_F08_Well_formed_quotes_and_line_ends_are_read(string text, string rows) =>
        Assert.Equal(rows, string.Join('|', ReadFile.RowsOf(text)));

    [Fact]
    public void FieldTrial_F08_Quoted_values_keep_their_content()
    {
        var file = ReadFile.Of("phone,note,code\r\n620000001,\"un, \"\"deux\"\"\r\ntrois\",=\"007\"\r\n");

        var fields = file.Drafts().Single().Draft.Fields;
        Assert.Equal(("un, \"deux\"\r\ntrois", "007"), (fields["note"], fields["code"]));
    }

    [Theory]
    [InlineData("a;b,c\n", ';')]
    [InlineData("a,b;c,d\n", ',')]
    [InlineData("a\tb\n", '\t')]
    [InlineData("\"a,b,c\";d\n,,,,,", ';')]
    [InlineData("phone\n", ',')]
    [InlineData("sep=;\na,b", ';')]
    [InlineData(";phone\n0,1;2", ';')]
    [InlineData("\tphone\n", '\t')]
    [InlineData(",,\n;;;\n\"\"\n\"\";\n  \nphone;nom,\n", ';')]
    public void The_delimiter_is_read_from_the_first_line(string text, char delimiter) =>
        Assert.Equal(delimiter, DelimiterRanking.Rank(text)[0]);

    [Theory]
    [InlineData(";phone\n0;620000001\n", "2 +224620000001")]
    [InlineData("\tphone\n0\t620000001\n", "2 +224620000001")]
    [InlineData("\"\"\nphone;nom\n620000001;A\n", "3 +224620000001")]
    public void An_empty_title_and_blank_lines_do_not_hide_the_delimiter(string text, string rows) =>
        Assert.Equal([rows], ReadFile.RowsOf(text));

    [Theory]
    [InlineData("WhatsApp,solde; euros,Pointure,POINTURE\n620000001,1,2,3\n", 1, "file_column_twice")]
    [InlineData("quel téléphone ?\tSociété, filiale\tPointure\tPOINTURE\n620000001\tx\ty\tz\n", 1, "file_column_twice")]
    [InlineData("Téléphone;\"Ville\" x;a, b\n620000001;y;z\n", 1, "file_text_after_quote")]
    [InlineData(" \"First Name\" ;Société,_filiale;\"Nom\"\nx;y;z\n", 1, "file_without_phone_column")]
    public void A_fault_of_the_first_line_is_reported_despite_another_delimiter_in_a_title(string text, int line, string code) =>
        Assert.Equal((line, code), ReadFile.FaultOf(text));

    [Theory]
    [InlineData("Nom, prénom, surnom;Téléphone\nA;620000001\n")]
    [InlineData("Téléphone,Nom; prénom; surnom\n620000001,A\n")]
    public void FieldTrial_F10_The_delimiter_is_the_one_that_gives_a_phone_column(string text) =>
        Assert.Equal(["2 +224620000001"], ReadFile.RowsOf(text));
}
