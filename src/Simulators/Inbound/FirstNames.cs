namespace Relais.Simulators;

/// <summary>A first name for each number, the same every time.</summary>
internal static class FirstNames
{
    private static readonly string[] s_names =
    [
        "Aïssatou", "Mamadou", "Fatoumata", "Ousmane", "Mariama", "Ibrahima", "Kadiatou", "Alpha", "Hawa", "Sékou", "Binta", "Thierno",
        "Camille", "Julien", "Élodie", "Mathieu", "Chloé", "Antoine", "Léa", "Hugo", "Inès", "Nathan", "Zoé", "Gabriel",
    ];

    public static string Of(string address) => s_names[(int)(SeededRandom.Roll(0, address, "name") * s_names.Length)];
}
