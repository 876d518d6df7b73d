"""The least error that any tracker can have on a given path: the posterior Cramer-Rao bound."""

from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSteps:
    """What the bound needs of a path, step by step: k steps, s samples of the path, d numbers.

    With one sample (the path itself) the bound is the usual one "on the nominal path". With many,
    drawn with the start's spread and the process noise, it is the posterior bound as defined. Near
    the onset of drag the two differ by 15 %: say which is meant.
    """

    jacobian: Floats
    """[k, s, d, d]: derivative of the state after each step by the state before."""
    noise: Floats
    """[k, d, d]: covariance of the process noise; with many samples it must have an inverse."""
    look_jacobian: Floats
    """[k, s, m, d]: derivative of the measurement after each step."""
    look_noise: Floats
    """[k, m, m]: its covariance; a huge one stands for no measurement."""


def posterior_bound(information: Floats, steps: BoundSteps) -> Floats:
    """Give the information [k, d, d] on the state after each step; its inverse bounds covariances.

    Args:
        information: [d, d], before the first step; zeros if nothing is known.
        steps: The path.

    Source: Tichavsky, Muravchik and Nehorai, Posterior Cramer-Rao bounds for discrete-time
    nonlinear filtering, IEEE Transactions on Signal Processing 46(5), 1998, equations 21 and 34-36.
    """
    found = np.empty(steps.noise.shape)
    for k in range(len(found)):
        information = carry_information(information, steps.jacobian[k], steps.noise[k])
        information = information + look_information(steps.look_jacobian[k], steps.look_noise[k])
        found[k] = information
    return found


def carry_information(information: Floats, jacobian: Floats, noise: Floats) -> Floats:
    """Give the information [d, d] after a step without a measurement.

    Args:
        information: [d, d]; it need not have an inverse.
        jacobian: [s, d, d], for each sample of the path.
        noise: [d, d]. For one sample it may lack an inverse, even be zero.
    """
    size = len(information)
    if len(jacobian) == 1:
        back = np.linalg.inv(jacobian[0])
        known = back.T @ information @ back
        after = np.linalg.solve(np.eye(size) + known @ noise, known)
    else:
        sure = np.linalg.inv(noise)
        both = np.mean(np.swapaxes(jacobian, 1, 2) @ sure @ jacobian, axis=0)
        across = sure @ np.mean(jacobian, axis=0)
        after = sure - across @ np.linalg.solve(information + both, across.T)
    return np.asarray(0.5 * (after + after.T))


def look_information(look_jacobian: Floats, look_noise: Floats) -> Floats:
    """Give the information [d, d] in a measurement, averaged over samples of the path [s, m, d]."""
    sure = np.linalg.inv(look_noise)
    return np.asarray(np.mean(np.swapaxes(look_jacobian, 1, 2) @ sure @ look_jacobian, axis=0))


def standard_deviations(information: Floats) -> Floats:
    """Give the least standard deviation [..., d] of each number of the state, from [..., d, d]."""
    scale = 1.0 / np.sqrt(np.diagonal(information, axis1=-2, axis2=-1))
    scaled = information * scale[..., :, None] * scale[..., None, :]
    variance = np.diagonal(np.linalg.inv(scaled), axis1=-2, axis2=-1)
    return np.asarray(scale * np.sqrt(variance))
