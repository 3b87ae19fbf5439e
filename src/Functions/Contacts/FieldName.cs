using System.Text;
using Relais.Platform;

namespace Relais.Contacts;

/// <summary>Normalises the names of contact fields: "Prénom", "prenom" and "First Name" all become first_name.</summary>
internal static class FieldName
{
    public const string Phone = "phone";
    public const string FirstName = "first_name";
    public const string LastName = "last_name";
    public const string Language = "language";
    public const string Tags = "tags";
    public const int MaxLength = 64;

    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["telephone"] = Phone,
        ["tel"] = Phone,
        ["numero"] = Phone,
        ["numero_de_telephone"] = Phone,
        ["numero_telephone"] = Phone,
        ["num_tel"] = Phone,
        ["portable"] = Phone,
        ["mobile"] = Phone,
        ["gsm"] = Phone,
        ["whatsapp"] = Phone,
        ["phone_number"] = Phone,
        ["telephone_number"] = Phone,
        ["mobile_phone"] = Phone,
        ["cell"] = Phone,
        ["prenom"] = FirstName,
        ["prenoms"] = FirstName,
        ["firstname"] = FirstName,
        ["given_name"] = FirstName,
        ["nom"] = LastName,
        ["nom_de_famille"] = LastName,
        ["lastname"] = LastName,
        ["surname"] = LastName,
        ["family_name"] = LastName,
        ["langue"] = Language,
        ["lang"] = Language,
        ["locale"] = Language,
        ["tag"] = Tags,
        ["etiquette"] = Tags,
        ["etiquettes"] = Tags,
        ["groupe"] = Tags,
        ["groupes"] = Tags,
        ["group"] = Tags,
        ["groups"] = Tags,
    };

    /// <returns>The name of the field; empty when the text has neither letter nor digit.</returns>
    public static string Normalise(string text) =>
        ToSnakeCase(text) is var plain && Synonyms.TryGetValue(plain, out var field) ? field : plain;

    /// <returns>The text in lower case, without accents; every run of other characters becomes one underscore.</returns>
    public static string ToSnakeCase(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var character in UnaccentedText.RemoveAccents(text))
        {
            if (char.IsLetterOrDigit(character))
            {
                name.Append(character);
            }
            else if (name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        return name.ToString().TrimEnd('_');
    }
}
