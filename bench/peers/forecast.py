"""statsforecast on the series in FOLDER/in.csv (unique_id,ds,y); writes FOLDER/out.csv, prints the seconds it took to compute."""

import sys
import time
import warnings

import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, DynamicOptimizedTheta, Theta

warnings.simplefilter("ignore")
folder, period, horizon = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
series = pd.read_csv(f"{folder}/in.csv")


def models():
    # ETS(A,Ad,A) is the damped additive Holt-Winters of the engine.
    return [
        Theta(season_length=period),
        DynamicOptimizedTheta(season_length=period),
        AutoETS(season_length=period, model="AAA" if period > 1 else "AAN", damped=True, alias="DampedHoltWinters"),
    ]


start = time.perf_counter()
forecasts = StatsForecast(models=models(), freq=1).forecast(df=series, h=horizon)
seconds = time.perf_counter() - start
names = [name for name in forecasts.columns if name not in ("unique_id", "ds")]
forecasts["MeanOfThree"] = forecasts[names].mean(axis=1)
forecasts.to_csv(f"{folder}/out.csv", index=False)
print(seconds)
