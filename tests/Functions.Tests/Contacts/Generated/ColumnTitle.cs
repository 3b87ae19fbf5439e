namespace Functions.Tests.Contacts.Generated;

internal enum ColumnContent { Phone, FirstName, LastName, Language, Tags, Field, Nothing }

/// <summary>A title with the meaning of its column. The meanings are written by hand and not read from the tested code.</summary>
/// <param name="Name">The name of the column in faults, and of the custom field that stores its values.</param>
/// <param name="Rank">For phone columns: the column with the lowest rank is read first.</param>
/// <param name="IsStored">For phone columns: whether the value is stored if another column has the number.</param>
internal sealed record ColumnTitle(string Text, ColumnContent Holds, string Name, int Rank = 1, bool IsStored = true)
{
    public static readonly IReadOnlyList<ColumnTitle> Phones =
    [
        Phone("Téléphone", "telephone"), Phone("téléphone", "telephone"), Phone("TELEPHONE", "telephone"), Phone("Tél.", "tel"),
        Phone("Phone", "phone"),
        Phone("phone_number", "phone_number"), Phone("Phone Number", "phone_number"), Phone("Mobile", "mobile"),
        Phone("Portable", "portable"),
        Phone("Tél. portable", "tel_portable"), Phone("N° de téléphone", "n_de_telephone"), Phone("Numéro WhatsApp", "numero_whatsapp"),
        Phone("Téléphone mobile", "telephone_mobile"), Phone("MobilePhone", "mobilephone"), Phone("GSM", "gsm"),
        Phone("WhatsApp", "whatsapp"),
        Phone("Phone 1 - Value", "phone_1_value"), Phone("MSISDN", "msisdn"), Phone("Cell", "cell"),
        Phone("Téléphone (bureau)", "telephone_bureau", 2), Phone("Home Phone", "home_phone", 2), Phone("SMS", "sms", 2),
        Phone("Numéro", "numero", 2), Phone("Tél. fixe", "tel_fixe", 2),
        Phone("Téléphone de la mère", "telephone_de_la_mere", 3), Phone("Quel est votre téléphone ?", "quel_est_votre_telephone", 3),
    ];

    public static readonly IReadOnlyList<ColumnTitle> FirstNames =
        [
            First("Prénom"), First("PRENOM"), First("prénoms"), First("First Name"), First("first_name"), First("Given name"),
            First("FirstName"),
        ];

    public static readonly IReadOnlyList<ColumnTitle> LastNames =
        [Last("Nom"), Last("NOM"), Last("Nom de famille"), Last("Last Name"), Last("surname"), Last("Family name"), Last("lastname")];

    public static readonly IReadOnlyList<ColumnTitle> Languages =
        [
            new("Langue", ColumnContent.Language, "language"), new("language", ColumnContent.Language, "language"),
            new("Lang", ColumnContent.Language, "language"),
        ];

    public static readonly IReadOnlyList<ColumnTitle> TagLists =
        [
            new("Étiquettes", ColumnContent.Tags, "tags"), new("tags", ColumnContent.Tags, "tags"),
            new("Groupes", ColumnContent.Tags, "tags"),
        ];

    public static readonly IReadOnlyList<ColumnTitle> Fields =
    [
        Other("Quartier de départ", "quartier_de_depart"), Other("Ville", "ville"), Other("note", "note"),
        Other("Code client", "code_client"),
        Other("E-mail", "e_mail"), Other("Âge", "age"), Other("N° dossier", "n_dossier"), Other("Adresse (rue)", "adresse_rue"),
        Other("Fax", "fax"),
        Other("Phone type", "phone_type"), Other("Téléphone d'urgence", "telephone_d_urgence"),
        Other("Opérateur mobile", "operateur_mobile"),
        Other("Société, filiale", "societe_filiale"), Other("Solde; euros", "solde_euros"), Other("Client \"VIP\"", "client_vip"),
        Other("2024", "2024"),
        Other("Date d'inscription", "date_d_inscription"), Other(new string('q', 80) + " ?", new string('q', 64)), Other("a", "a"),
    ];

    public static readonly ColumnTitle None = new("", ColumnContent.Nothing, "", IsStored: false);

    /// <summary>Returns the title in another case, with combining accents, or with other separators. Its meaning stays the same.</summary>
    public ColumnTitle Varied(SeededChance chance, Func<string, bool> fits)
    {
        var text = chance.Below(8) switch
        {
            0 when Text.Contains(' ', StringComparison.Ordinal) => Text.ToUpperInvariant(),
            1 => Text.ToLowerInvariant() is var lower && Text != "MobilePhone" ? lower : Text,
            2 => Text.Replace(' ', '_'),
            3 => Text.Replace("é", "e\u0301", StringComparison.Ordinal).Replace("É", "E\u0301", StringComparison.Ordinal),
            4 => $" {Text} ",
            5 => Text.Replace(' ', '\u00a0'),
            _ => Text,
        };
        return fits(text) ? this with { Text = text } : this;
    }

    // The name "phone" is reserved for the number of the contact, so its values are not stored under it.
    private static ColumnTitle Phone(string text, string name, int rank = 1) =>
        new(text, ColumnContent.Phone, name, rank, IsStored: name != "phone");

    private static ColumnTitle First(string text) => new(text, ColumnContent.FirstName, "first_name");

    private static ColumnTitle Last(string text) => new(text, ColumnContent.LastName, "last_name");

    private static ColumnTitle Other(string text, string name) => new(text, ColumnContent.Field, name);
}
