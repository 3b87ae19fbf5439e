using Relais.Contacts.Import;

namespace Functions.Tests.Contacts;

public sealed class PhoneTitlesTests
{
    [Theory]
    [InlineData("N° de téléphone")]
    [InlineData("Tél. portable")]
    [InlineData("Téléphone mobile")]
    [InlineData("Numéro WhatsApp")]
    [InlineData("Phone 1 - Value")]
    [InlineData("Mobile")]
    [InlineData("phone_number")]
    public void FieldTrial_F10_Titles_of_the_trial_are_phone_columns(string title) => Assert.Equal(1, PhoneTitles.Rank(title));

    [Theory]
    [InlineData("téléphone")]
    [InlineData("TÉLÉPHONE")]
    [InlineData("Téléphone 2")]
    [InlineData("Téléphones")]
    [InlineData("tél")]
    [InlineData("Tél.")]
    [InlineData("Tél :")]
    [InlineData("Nº de téléphone")]
    [InlineData("№ tel")]
    [InlineData("Num tel")]
    [InlineData("numtel")]
    [InlineData("numTel")]
    [InlineData("Numéro de portable")]
    [InlineData("Numéro (portable)")]
    [InlineData("Numéro GSM")]
    [InlineData("GSM")]
    [InlineData("Portable personnel")]
    [InlineData("Téléphone principal")]
    [InlineData("Téléphone client")]
    [InlineData("Numéro de téléphone du client")]
    [InlineData("Numéro de téléphone mobile")]
    [InlineData("Numéro de téléphone (avec indicatif pays)")]
    [InlineData("Votre numéro WhatsApp avec l'indicatif")]
    [InlineData("Phone Number (with country code)")]
    [InlineData("WhatsApp")]
    [InlineData("Whats App")]
    [InlineData("WhatsApp number")]
    [InlineData("WhatsApp Phone Number")]
    [InlineData("PhoneNumber")]
    [InlineData("phonenumber")]
    [InlineData("MobilePhone")]
    [InlineData("Mobile Phone")]
    [InlineData("Mobile Number")]
    [InlineData("Primary Phone")]
    [InlineData("Cell phone")]
    [InlineData("iPhone")]
    [InlineData("Customer Phone")]
    [InlineData("msisdn")]
    [InlineData("Mobile (+224)")]
    [InlineData("＂Ｐｈｏｎｅ＂")]
    public void FieldTrial_F10_Other_titles_of_exports_are_phone_columns(string title) => Assert.Equal(1, PhoneTitles.Rank(title));

    [Theory]
    [InlineData("Home Phone")]
    [InlineData("Business Phone 2")]
    [InlineData("Other Phone")]
    [InlineData("Téléphone (bureau)")]
    [InlineData("Téléphone (domicile)")]
    [InlineData("Téléphone fixe")]
    [InlineData("Tél. pro")]
    [InlineData("Company Main Phone")]
    [InlineData("Billing Phone")]
    [InlineData("work_phone_number")]
    [InlineData("SMS")]
    [InlineData("SMS Phone Number")]
    [InlineData("Numéro")]
    [InlineData("Contact Number")]
    [InlineData("LANDLINE_PHONE")]
    public void FieldTrial_F10_Titles_of_secondary_numbers_rank_second(string title) => Assert.Equal(2, PhoneTitles.Rank(title));

    [Theory]
    [InlineData("Quel est votre numéro de téléphone ?")]
    [InlineData("Téléphone de la mère")]
    [InlineData("Numéro de téléphone (WhatsApp de préférence)")]
    public void FieldTrial_F10_Titles_with_unknown_words_rank_third(string title) => Assert.Equal(3, PhoneTitles.Rank(title));

    [Theory]
    [InlineData("Fax")]
    [InlineData("Tél/Fax")]
    [InlineData("Phone type")]
    [InlineData("Phone 1 - Type")]
    [InlineData("Phone 1 - Label")]
    [InlineData("Date de téléphone")]
    [InlineData("Numéro de client")]
    [InlineData("Numéro de dossier")]
    [InlineData("Date d'appel portable")]
    [InlineData("Indicatif téléphone")]
    [InlineData("Phone country code")]
    [InlineData("Phone extension")]
    [InlineData("Opérateur mobile")]
    [InlineData("Modèle de téléphone")]
    [InlineData("Ordinateur portable")]
    [InlineData("Application mobile")]
    [InlineData("App mobile")]
    [InlineData("Mobile Money")]
    [InlineData("Phone verified")]
    [InlineData("WhatsApp opt-in")]
    [InlineData("Assistant's Phone")]
    [InlineData("Tél. de l'assistant(e)")]
    [InlineData("Téléphone d'urgence")]
    [InlineData("Emergency phone")]
    [InlineData("Nom et téléphone")]
    [InlineData("Calculated Phone Number Area Code")]
    [InlineData("Mobile Phone Number Information")]
    [InlineData("Home Fax")]
    [InlineData("Télécopie (bureau)")]
    [InlineData("E-mail 1 - Value")]
    [InlineData("Hôtel")]
    [InlineData("Automobile")]
    [InlineData("Excellence")]
    [InlineData("Contact")]
    [InlineData("Nom")]
    [InlineData("")]
    [InlineData("1")]
    public void FieldTrial_F10_Similar_titles_are_not_phone_columns(string title) => Assert.Null(PhoneTitles.Rank(title));

    [Theory]
    // Google Contacts
    [InlineData(
        "First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n" +
        "Awa,Diallo,Mobile,+224 620 00 00 01 ::: +224 620 00 00 02,Home,620000003\n",
        "2 +224620000001")]
    [InlineData("First Name,Phone 1 - Value\nAwa,inconnu ::: 620000002\n", "2 +224620000002")]
    // Outlook in English and French
    [InlineData(
        "First Name,Last Name,E-mail Address,Home Phone,Business Phone,Mobile Phone,Home Fax\n" +
        "Awa,Diallo,a@b.c,30241234,,620000001,30400002\n",
        "2 +224620000001")]
    [InlineData(
        "Prénom,Nom,Télécopie (bureau),Téléphone (bureau),Téléphone (domicile),Tél. mobile\nAwa,Diallo,30400002,30241234,,620000001\n",
        "2 +224620000001")]
    [InlineData("Prénom,Nom,Téléphone (bureau),Tél. mobile\nAwa,Diallo,30241234,\n", "2 +22430241234")]
    // HubSpot
    [InlineData(
        "Record ID,First Name,Last Name,Phone Number,Mobile Phone Number,Calculated Phone Number Country Code\n" +
        "1,Awa,Diallo,,620000001,GN\n",
        "2 +224620000001")]
    [InlineData(
        "ID d'enregistrement,Prénom,Nom,Numéro de téléphone,Numéro de téléphone mobile\n1,Awa,Diallo,,620000001\n", "2 +224620000001")]
    // Mailchimp, Brevo
    [InlineData("Email Address,First Name,Last Name,Phone Number,OPTIN_TIME\na@b.c,Awa,Diallo,620000001,2026-01-05\n", "2 +224620000001")]
    [InlineData("EMAIL,PRENOM,NOM,SMS,WHATSAPP,EXT_ID\na@b.c,Awa,Diallo,224620000001,,7\n", "2 +224620000001")]
    // Facebook lead ads
    [InlineData("id\tcreated_time\tfull_name\tphone_number\nl:1\t2026-01-05\tAwa Diallo\tp:+224620000001\n", "2 +224620000001")]
    public void FieldTrial_F10_Exports_of_other_programs_are_read(string text, string rows) => Assert.Equal([rows], ReadFile.RowsOf(text));

    [Theory]
    [InlineData("Telephone;Mobile\n;620000001\n", "2 +224620000001")]
    [InlineData("Telephone;Mobile\n620000002;620000001\n", "2 +224620000002")]
    [InlineData("Telephone;Mobile\n6200;620000001\n", "2 +224620000001 phone_skipped:telephone")]
    [InlineData("Telephone;Mobile\n6200;13\n", "2 - phone_too_short")]
    [InlineData("Telephone;Mobile\n;\n620000001;\n", "3 +224620000001")]
    [InlineData("Telephone;Mobile;Nom\n;;A\n", "2 - phone_missing")]
    [InlineData("WhatsApp;Telephone\noui;620000001\n", "2 +224620000001")]
    [InlineData("Numéro;Téléphone\n1;620000001\n", "2 +224620000001")]
    [InlineData("Téléphone;Téléphone\n;620000001\n", "2 +224620000001")]
    [InlineData("Téléphone de la mère;Téléphone\n620000002;\n", "2 - phone_missing")]
    [InlineData("Téléphone de la mère;Nom\n620000002;A\n", "2 +224620000002")]
    [InlineData("Telephone;Mobile\n+224690000001;620000001\n", "2 +224690000001 phone_unconfirmed")]
    public void FieldTrial_F10_The_first_filled_column_with_a_number_is_used(string text, string rows) =>
        Assert.Equal([rows], ReadFile.RowsOf(text));

    [Fact]
    public void FieldTrial_F10_Unused_numbers_are_stored_under_their_titles()
    {
        var draft = ReadFile.Of("Téléphone;Mobile;Fax\n12;620000001;30241234\n").Drafts().Single().Draft;

        Assert.Equal(new Dictionary<string, string> { ["telephone"] = "12", ["fax"] = "30241234" }, draft.Fields);
    }

    [Fact]
    public void FieldTrial_F10_The_caller_can_name_the_phone_column()
    {
        const string Text = "Contact;Téléphone;Nom\n620000001;620000002;A\n";

        Assert.Equal(["2 +224620000002"], ReadFile.RowsOf(Text));
        Assert.Equal(["2 +224620000001"], ReadFile.RowsOf(Text, phoneColumn: "CONTACT"));
        Assert.Equal("620000002", ReadFile.Of(Text, phoneColumn: "contact").Drafts().Single().Draft.Fields["telephone"]);
        Assert.Equal((1, "file_without_named_column"), ReadFile.FaultOf(Text, phoneColumn: "Portable"));
    }

    [Fact]
    public void FieldTrial_F10_A_file_without_phone_column_is_refused_with_the_titles_found()
    {
        var fault = Assert.Throws<FileFault>(() => ReadFile.Of("Nom;Prénom;Fax;Contact\nA;B;30241234;620000001\n"));

        Assert.Equal((1, "file_without_phone_column"), (fault.Line, fault.Code));
        Assert.Equal(["« Nom », « Prénom », « Fax », « Contact »"], fault.Arguments);
        Assert.Contains("« Fax »", FaultTexts.GetTexts(fault.Code, fault.Arguments, "fr"));
    }

    [Fact]
    public void FieldTrial_F10_A_first_line_with_a_contact_is_refused_without_showing_its_number()
    {
        Assert.Equal((1, "file_without_titles"), ReadFile.FaultOf("620000001;Awa\n620000002;Binta\n"));
        Assert.DoesNotContain(
            "620",
            string.Join("", Assert.Throws<FileFault>(() => ReadFile.Of("Awa;fixe 620 00 00 01\nA;B\n")).Arguments));
    }

    [Fact]
    public void A_title_longer_than_a_field_name_is_cut()
    {
        var draft = ReadFile.Of($"Téléphone;{new string('q', 80)} ?\n620000001;oui\n").Drafts().Single().Draft;

        Assert.Equal(new Dictionary<string, string> { [new string('q', 64)] = "oui" }, draft.Fields);
    }
}
