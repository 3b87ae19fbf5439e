namespace Relais.Contacts.Import;

/// <summary>Thrown when the file as a whole cannot be imported. <see cref="FaultTexts"/> has the text of the code.</summary>
/// <param name="line">The line of the fault, from 1; 0 when the fault has no line.</param>
/// <param name="arguments">The values for the placeholders of the text.</param>
internal sealed class FileFault(int line, string code, params string[] arguments) : Exception
{
    public int Line => line;

    public string Code => code;

    public IReadOnlyList<string> Arguments => arguments;
}
