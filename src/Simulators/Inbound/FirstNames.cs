namespace Relais.Simulators;

/// <summary>Gives each address a first name, always the same.</summary>
internal static class FirstNames
{
    private static readonly string[] Names =
    [
        "Aïssatou", "Mamadou", "Fatoumata", "Ousmane", "Mariama", "Ibrahima", "Kadiatou", "Alpha", "Hawa", "Sékou", "Binta", "Thierno",
        "Camille", "Julien", "Élodie", "Mathieu", "Chloé", "Antoine", "Léa", "Hugo", "Inès", "Nathan", "Zoé", "Gabriel",
    ];

    public static string Of(string address) => Names[(int)(SeededRandom.Roll(0, address, "name") * Names.Length)];
}
