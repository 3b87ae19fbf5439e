using System.Text.Json;
using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>The file that keeps the state between runs.</summary>
internal static class DevStateFile
{
    private static readonly string[] DataFolders = ["postgres", "postgres.new", "azurite"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string FileName => Path.Combine(DevState.Folder, "state.json");

    public static DevState Load()
    {
        if (!File.Exists(FileName))
        {
            return new DevState();
        }

        try
        {
            return JsonSerializer.Deserialize<DevState>(File.ReadAllText(FileName))!;
        }
        catch (JsonException e)
        {
            throw new DevServiceException($"Could not read {FileName}: {e.Message} Use --fresh to delete it and to start again.", e);
        }
    }

    public static void Save(DevState state)
    {
        Directory.CreateDirectory(DevState.Folder);
        var newFile = FileName + ".new";
        using (var file = new FileStream(newFile, PrivateFile()))
        {
            JsonSerializer.Serialize(file, state, Indented);
        }

        // A crash while writing must not damage the existing file.
        File.Move(newFile, FileName, overwrite: true);
    }

    /// <summary>Deletes the state and the data of the servers.</summary>
    public static void DeleteAll()
    {
        foreach (var folder in DataFolders.Select(name => Path.Combine(DevState.Folder, name)).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(FileName);
    }

    /// <summary>Only the current user may read the file, because it contains secrets.</summary>
    private static FileStreamOptions PrivateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
